-- nginx + Lua: the check of an access token by OpenSSL through LuaJIT's FFI, in the access phase. Debian has no
-- lua-resty-openidc, so this is the least that verifies RS256. The key is read once per worker.
local ffi = require "ffi"
local cjson = require "cjson.safe"
local base64 = require "ngx.base64"

ffi.cdef [[
typedef struct bench_bio BIO;
typedef struct bench_pkey EVP_PKEY;
typedef struct bench_md_ctx EVP_MD_CTX;
BIO *BIO_new_mem_buf(const void *buf, int len);
int BIO_free(BIO *bio);
EVP_PKEY *PEM_read_bio_PUBKEY(BIO *bp, EVP_PKEY **x, void *cb, void *u);
EVP_MD_CTX *EVP_MD_CTX_new(void);
int EVP_MD_CTX_reset(EVP_MD_CTX *ctx);
const void *EVP_sha256(void);
int EVP_DigestVerifyInit(EVP_MD_CTX *ctx, void **pctx, const void *type, void *e, EVP_PKEY *pkey);
int EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t siglen, const unsigned char *tbs, size_t tbslen);
void ERR_clear_error(void);
]]

local file = assert(io.open(ngx.config.prefix() .. "setting.json"))
local setting = cjson.decode(file:read("*a"))
file:close()
local bio = ffi.C.BIO_new_mem_buf(setting.pem, #setting.pem)
local key = ffi.C.PEM_read_bio_PUBKEY(bio, nil, nil, nil)
assert(key ~= nil, "the key cannot be read")
ffi.C.BIO_free(bio)
local sha256 = ffi.C.EVP_sha256()
local context = ffi.C.EVP_MD_CTX_new()

local function is_signed(signed, signature)
  ffi.C.EVP_MD_CTX_reset(context)
  if ffi.C.EVP_DigestVerifyInit(context, nil, sha256, nil, key) ~= 1 then return false end
  local found = ffi.C.EVP_DigestVerify(context, signature, #signature, signed, #signed)
  if found ~= 1 then ffi.C.ERR_clear_error() end
  return found == 1
end

local function decode(text)
  local decoded = base64.decode_base64url(text)
  return decoded and cjson.decode(decoded)
end

local function has_audience(aud)
  if type(aud) ~= "table" then return aud == setting.audience end
  for _, one in ipairs(aud) do
    if one == setting.audience then return true end
  end
  return false
end

local function is_good(authorization)
  if not authorization or authorization:sub(1, 7) ~= "Bearer " then return false end
  local first, second, third = authorization:match("^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$", 8)
  if not first then return false end
  local header, signature = decode(first), base64.decode_base64url(third)
  if type(header) ~= "table" or header.alg ~= "RS256" or not signature then return false end
  if not is_signed(authorization:sub(8, 8 + #first + #second), signature) then return false end
  local claims = decode(second)
  return type(claims) == "table" and claims.iss == setting.issuer and has_audience(claims.aud)
    and type(claims.exp) == "number" and claims.exp > ngx.time()
end

return {
  check = function()
    if not is_good(ngx.var.http_authorization) then return ngx.exit(401) end
  end,
}
