-- Asks Gatewarden about each request, by HAProxy's own HTTP client (2.6 or later).
-- The request goes on only if this script sets `txn.gatewarden_allowed`; haproxy.cfg checks it,
-- so that an error in here, too, ends in a refusal.

local gateway = os.getenv("GATEWARDEN_URL") or "http://127.0.0.1:4180/authorize"
local timeout_ms = 10000

-- Headers of the connection or of the body, and those that only this script may write.
local not_forwarded = {
    ["connection"] = true, ["content-length"] = true, ["expect"] = true, ["host"] = true,
    ["keep-alive"] = true, ["proxy-connection"] = true, ["te"] = true, ["trailer"] = true,
    ["transfer-encoding"] = true, ["upgrade"] = true,
}

-- What the backend learns of the caller.
local identity = {
    "x-auth-subject", "x-auth-client", "x-auth-scope", "x-auth-permissions", "x-auth-roles",
    "x-auth-organization", "x-auth-issuer", "x-auth-actor", "x-gatewarden-token",
}

-- What a refused client is told, besides the status and the body.
local told = {
    "www-authenticate", "content-type", "cache-control", "retry-after", "dpop-nonce", "vary",
    "access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers",
    "access-control-allow-credentials", "access-control-expose-headers", "access-control-max-age",
}

local function to_question(txn)
    local headers = {}
    for name, values in pairs(txn.http:req_get_headers()) do
        if not not_forwarded[name] and not name:find("^x%-original%-") then
            local list = {}
            for index = 0, #values do list[#list + 1] = values[index] end
            headers[name] = list
        end
    end
    local host = txn.sf:req_fhdr("host")
    headers["host"] = { host }
    headers["x-original-method"] = { txn.sf:method() }
    headers["x-original-uri"] = { txn.sf:var("txn.gatewarden_target") }
    headers["x-original-host"] = { host }
    headers["x-original-proto"] = { txn.f:ssl_fc() == 1 and "https" or "http" }
    headers["x-original-address"] = { txn.sf:src() }
    return headers
end

local function refuse(txn, status, headers, body)
    local reply = txn:reply({ status = status, body = body })
    for _, name in ipairs(told) do
        for index = 0, headers[name] and #headers[name] or -1 do
            reply:add_header(name, headers[name][index])
        end
    end
    txn:done(reply)
end

local function decide(txn)
    txn:set_var("txn.gatewarden_allowed", false)
    local client = core.httpclient()
    local answer = client:get({ url = gateway, headers = to_question(txn), timeout = timeout_ms })
    local status = answer and answer.status or 0
    if status == 200 or status == 204 then
        for _, name in ipairs(identity) do
            local values = answer.headers[name]
            if values and values[0] and values[0] ~= "" then
                txn.http:req_set_header(name, values[0])
            else
                -- Also the client's `Authorization`, where the internal token takes its place.
                txn.http:req_del_header(name)
            end
        end
        local nonce = answer.headers["dpop-nonce"]
        if nonce then txn:set_var("txn.gatewarden_dpop_nonce", nonce[0]) end
        txn:set_var("txn.gatewarden_allowed", true)
    elseif status >= 400 and status <= 599 then
        refuse(txn, status, answer.headers, answer.body or "")
    end
end

core.register_action("gatewarden", { "http-req" }, decide, 0)
