// The scripts of the log of revocations. Each is atomic, and touches keys of one hash slot.

/**
 * Founds the log where there is none, and answers how many seconds ago it was founded. Where only
 * the head is gone, as after an eviction, the chain goes on at the last entry.
 * KEYS: log, head.
 */
export const openLog = `
local now = redis.call('TIME')[1]
local founded = redis.call('HGET', KEYS[2], 'founded')
if not founded then
  founded = now
  redis.call('HSET', KEYS[2], 'founded', founded)
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', '1')[1]
  if last and last[2][1] == 'd' and last[2][3] == 'n' then redis.call('HSETNX', KEYS[2], 'last', last[2][4]) end
end
return tostring(now - founded)
`;

/**
 * Appends an entry that names the one before it, so that readers notice what is missing.
 * KEYS: log, head. ARGV: the data, a name for the entry.
 */
export const appendEntry = `
local last = redis.call('HGET', KEYS[2], 'last') or ''
redis.call('XADD', KEYS[1], '*', 'd', ARGV[1], 'n', ARGV[2], 'p', last)
redis.call('HSET', KEYS[2], 'last', ARGV[2])
return 'OK'
`;

/**
 * Makes a snapshot the current one if all of its chunks are there and no other is later. Only then
 * drops the entries before its position; the entry at the position stays.
 * KEYS: log, snapshot, lock, chunks. ARGV: name, position, id of the position, owner of the lock,
 * number of entries.
 */
export const commitSnapshot = `
if redis.call('GET', KEYS[3]) ~= ARGV[4] then return 0 end
local function parse(id)
  local ms, count = id:match('^(%d+)-(%d+)')
  return tonumber(ms or 0), tonumber(count or 0)
end
local ms, count = parse(ARGV[3])
local oldMs, oldCount = parse(redis.call('HGET', KEYS[2], 'position') or '')
if oldMs > ms or (oldMs == ms and oldCount > count) then return 0 end
for index = 4, #KEYS do
  if redis.call('EXISTS', KEYS[index]) == 0 then return 0 end
end
for index = 4, #KEYS do redis.call('PERSIST', KEYS[index]) end
redis.call('HSET', KEYS[2], 'name', ARGV[1], 'position', ARGV[2], 'chunks', #KEYS - 3, 'entries', ARGV[5])
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[3])
redis.call('DEL', KEYS[3])
return 1
`;
