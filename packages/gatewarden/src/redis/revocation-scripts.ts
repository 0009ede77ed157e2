// The scripts of the log of revocations. Each is atomic, and touches keys of one hash slot.

/**
 * Founds the log where there is none, and answers how many seconds ago. A server that was started
 * again, or took over, may lack the last entries: it counts as a new log. The chain begins with an
 * entry without revocations, also where only the head or only the log was lost, as by an eviction.
 * KEYS: log, head. ARGV: a name for that entry.
 */
export const openLog = `
local now = redis.call('TIME')[1]
local info = redis.pcall('INFO', 'server')
local server = type(info) == 'string' and info:match('run_id:(%w+)') or ''
local head = redis.call('HMGET', KEYS[2], 'founded', 'server', 'last')
local founded = head[1]
local isEmpty = redis.call('XLEN', KEYS[1]) == 0
if not founded or head[2] ~= server or isEmpty then
  founded = now
  redis.call('HSET', KEYS[2], 'founded', founded, 'server', server)
end
if not head[3] or isEmpty then
  redis.call('XADD', KEYS[1], '*', 'd', 'AQ==', 'n', ARGV[1], 'p', '')
  redis.call('HSET', KEYS[2], 'last', ARGV[1])
end
return tostring(now - founded)
`;

/**
 * Appends an entry that names the one before it, so that readers notice what is missing. In a log
 * that lost all of its entries it begins a chain.
 * KEYS: log, head. ARGV: the data, a name for the entry.
 */
export const appendEntry = `
local isEmpty = redis.call('XLEN', KEYS[1]) == 0
local last = not isEmpty and redis.call('HGET', KEYS[2], 'last') or ''
redis.call('XADD', KEYS[1], '*', 'd', ARGV[1], 'n', ARGV[2], 'p', last)
redis.call('HSET', KEYS[2], 'last', ARGV[2])
return 'OK'
`;

/** The id of the last entry: what was read must end there. KEYS: log. */
export const findEnd = `
local entry = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', '1')[1]
return entry and entry[1] or ''
`;

/**
 * Makes a snapshot the current one if all of its chunks are there, no other is later, and the log
 * still is the one that it is of. Only then drops the entries before its position; the entry at the
 * position stays. A writer whose clock is ahead has dropped entries that are not over yet.
 * KEYS: log, snapshot, lock, chunks. ARGV: name, position, id of the position, name of the entry
 * there, owner of the lock, the writer's time, by how many seconds that may be ahead.
 */
export const commitSnapshot = `
if redis.call('GET', KEYS[3]) ~= ARGV[5] then return 0 end
if tonumber(ARGV[6]) > redis.call('TIME')[1] + ARGV[7] then return 2 end
local entry = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
if not entry or (entry[2][3] == 'n' and entry[2][4] ~= ARGV[4]) then return 0 end
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
redis.call('HSET', KEYS[2], 'name', ARGV[1], 'position', ARGV[2], 'chunks', #KEYS - 3)
redis.call('XTRIM', KEYS[1], 'MINID', ARGV[3])
redis.call('DEL', KEYS[3])
return 1
`;
