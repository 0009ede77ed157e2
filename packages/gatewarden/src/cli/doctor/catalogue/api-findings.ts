// The findings of `doctor` about a running API, from its answers to requests without a valid token.

export const apiCatalogue = {
  api_http: {
    severity: "error",
    message: "{url} is plain http: everybody on the way can read and reuse the tokens (RFC 6750 §5.3).",
    fix: "Serve the API under https, and call it there instead of at {url}.",
  },
  api_http_loopback: {
    severity: "info",
    message: "{url} is plain http, on this machine only.",
    fix: "Nothing to do here. Where {url} becomes public, serve it under https.",
  },
  api_no_answer: {
    severity: "error",
    message: "{url} does not answer: {problem}.",
    fix: "Check that the API runs, and host and port of {url}.",
  },
  api_open: {
    severity: "error",
    message: "{url} answers with status {status} to a request without a token: the endpoint is open.",
    fix: "Protect the endpoint. If {url} is public on purpose, give doctor the URL of a protected one.",
  },
  api_not_found: {
    severity: "error",
    message: "There is no endpoint at {url} (status {status}).",
    fix: "Give the URL of a protected endpoint that answers GET, in place of {url}.",
  },
  api_redirects: {
    severity: "error",
    message:
      "{url} redirects a request without a token to {location} (status {status}). Clients of an API cannot log in there.",
    fix: "Answer with 401 and a challenge at {url} instead of redirecting (RFC 6750 §3).",
  },
  api_server_error: {
    severity: "error",
    message: "{url} answers with status {status} to a request without a token.",
    fix: "See the API's log for why {url} fails. A missing token is the client's fault: 401.",
  },
  api_unavailable: {
    severity: "error",
    message:
      "{url} answers with status 503: the API cannot check tokens now, most likely since it cannot reach its issuer.",
    fix: "Run doctor with the API's environment, on the machine that serves {url}, to see why.",
  },
  api_wrong_status: {
    severity: "error",
    message: "{url} answers with status {status} to a request without a token, where 401 belongs (RFC 6750 §3.1).",
    fix: "Answer with 401 at {url}: clients log in again on 401, and not on {status}.",
  },
  api_challenge_missing: {
    severity: "error",
    message: "The refusal of {url} has no WWW-Authenticate header (RFC 9110 §15.5.2).",
    fix: "Send one from {url}, such as: WWW-Authenticate: Bearer",
  },
  api_challenge_malformed: {
    severity: "error",
    message: "The WWW-Authenticate header of {url} cannot be parsed (RFC 9110 §11.6.1): {actual}",
    fix: 'Write it as in: WWW-Authenticate: Bearer realm="api". It was: {actual}',
  },
  api_challenge_scheme: {
    severity: "warning",
    message: "The challenge of {url} names neither Bearer nor DPoP, only {schemes}.",
    fix: "Name Bearer in the challenge besides {schemes}, so that clients know what to send.",
  },
  api_challenge_error: {
    severity: "warning",
    message: 'The challenge of {url} has error="{actual}" although no token was sent (RFC 6750 §3.1 wants none).',
    fix: 'Leave error="{actual}" out where the request has no credentials.',
  },
  api_body_html: {
    severity: "warning",
    message: "The refusal of {url} is a web page, not JSON.",
    fix: "Answer with JSON at {url}: clients of an API read the body as JSON.",
  },
  api_body_stack: {
    severity: "error",
    message: "The refusal of {url} shows a stack trace, which tells an attacker how the API is built (CWE-209).",
    fix: "Set NODE_ENV=production for {url}, and add an error handler that answers with JSON.",
  },
  api_body_not_json: {
    severity: "warning",
    message: "The refusal of {url} is not JSON ({actual}).",
    fix: "Answer with JSON at {url} instead of {actual}.",
  },
  api_accepts_forged: {
    severity: "error",
    message: "{url} answers with status {status} to {token}: signatures are not checked, so anyone can forge a token.",
    fix: "Verify the token at {url} instead of only decoding it.",
  },
  api_token_crashes: {
    severity: "error",
    message: "{url} answers with status {status} to {token}.",
    fix: "See the API's log for what breaks. A bad token is the client's fault: {url} must answer with 401.",
  },
  api_token_status: {
    severity: "error",
    message: "{url} answers with status {status} to {token}, where 401 belongs (RFC 6750 §3.1).",
    fix: 'Answer with 401 and error="invalid_token" instead of {status} at {url}.',
  },
  api_token_error: {
    severity: "warning",
    message: 'The challenge of {url} to {token} has {actual} in place of error="invalid_token" (RFC 6750 §3.1).',
    fix: 'Add error="invalid_token" at {url}, so that clients know that they must get a new token.',
  },
  api_refuses_good: {
    severity: "error",
    message: "{url} answers with status {status} to a good token of the local tenant: {description}.",
    fix: "See the API's log for why {url} refuses it, and compare issuer and audience: npx gatewarden explain $(npx gatewarden token)",
  },
  api_locked_out: {
    severity: "error",
    message:
      "{url} answers with status {status} to a token that the issuer signed with a new key: after a rotation of keys every user is locked out.",
    fix: "Fetch the issuer's keys again when a token names an unknown `kid`, at most every few seconds, instead of keeping the first ones at {url}.",
  },
  api_accepts_fault: {
    severity: "error",
    message: "{url} answers with status {status} to a token with the fault `{fault}`: {description}",
    fix: "Let {url} refuse such tokens with 401. Reproduce it with: npx gatewarden token --fault {fault}",
  },
  api_fault_status: {
    severity: "error",
    message:
      "{url} answers with status {status} where {expected} belongs, to a token with the fault `{fault}`: {description}",
    fix: "Let {url} answer with {expected}. Reproduce it with: npx gatewarden token --fault {fault}",
  },
  api_fault_challenge: {
    severity: "warning",
    message:
      "{url} refuses tokens without a challenge that says why: {count} of {tried} refusals have no error={error} (RFC 6750 §3.1).",
    fix: "Add WWW-Authenticate: Bearer error={error} at {url}, so that clients know that they must get a new token.",
  },
  api_query_token: {
    severity: "error",
    message:
      "{url} takes tokens from the query ({name}): they end up in logs, histories and Referer headers (RFC 9700 §4.3.2).",
    fix: "Read tokens from the Authorization header only, and ignore {name} at {url}.",
  },
  api_query_unclear: {
    severity: "info",
    message: "{url} answers alike with and without a token, so it does not show whether it takes one from the query.",
    fix: 'Add error="invalid_token" to the refusal of bad tokens at {url}.',
  },
  api_two_headers: {
    severity: "warning",
    message:
      "{url} answers with status {status} to two Authorization headers, where 400 belongs (RFC 6750 §3.1): a proxy may look at the other one.",
    fix: 'Refuse such requests with 400 and error="invalid_request" at {url} instead of {status}.',
  },
  api_preflight_refused: {
    severity: "error",
    message:
      "{url} answers a CORS preflight from {origin} with status {status}. Preflights carry no token, so pages cannot call it.",
    fix: "Answer OPTIONS before the token is checked: put CORS in front of authentication at {url}, for {origin}.",
  },
  api_origin_not_allowed: {
    severity: "error",
    message: "The preflight of {url} does not allow {origin}: Access-Control-Allow-Origin is {actual}.",
    fix: "Add {origin} to the origins that {url} allows, spelled exactly so.",
  },
  api_header_not_allowed: {
    severity: "error",
    message:
      "The preflight of {url} does not allow the header {name}: Access-Control-Allow-Headers is {actual} (`*` does not cover Authorization).",
    fix: "Name {name} in Access-Control-Allow-Headers at {url}.",
  },
  api_any_origin: {
    severity: "error",
    message:
      "{url} allows any origin with credentials: it answered {origin} with Access-Control-Allow-Credentials: true.",
    fix: "Allow listed origins only at {url}, and leave credentials out: tokens travel in a header, not in cookies.",
  },
  api_refusal_without_cors: {
    severity: "error",
    message: "The 401 of {url} does not allow {origin}: pages see a network error instead of the refusal.",
    fix: "Put CORS in front of authentication at {url}, so that refusals carry Access-Control-Allow-Origin for {origin} too.",
  },
  api_challenge_hidden: {
    severity: "warning",
    message: "Pages cannot read {name} of the answers of {url}: Access-Control-Expose-Headers is {actual}.",
    fix: "Add {name} to Access-Control-Expose-Headers at {url}.",
  },
  api_metadata_address: {
    severity: "error",
    message: "The challenge of {url} names {actual} as resource_metadata, which is not an https URL (RFC 9728 §3).",
    fix: "Name an https URL in place of {actual}.",
  },
  api_metadata_private: {
    severity: "error",
    message:
      "The challenge of {url} names {actual} as resource_metadata, an address in a private network. Doctor does not ask there (CWE-918), and clients elsewhere cannot.",
    fix: "Name a public https URL in place of {actual}, or one with the scheme, host and port of {url}.",
  },
  api_metadata_unreachable: {
    severity: "error",
    message: "The challenge of {url} names {metadata} as resource_metadata, but it cannot be fetched: {problem}.",
    fix: "Publish the metadata at {metadata}, without asking for a token (RFC 9728 §3).",
  },
  api_metadata_resource: {
    severity: "warning",
    message:
      "The metadata at {metadata} is for the resource {actual}, which {url} does not belong to: clients must ignore it (RFC 9728 §3.3).",
    fix: "Set `resource` to the URL that clients call, such as {expected}, in place of {actual}.",
  },
  auth0_resource_parameter: {
    severity: "info",
    message:
      "{url} names metadata for MCP clients, and {issuer} is Auth0: it ignores their `resource` parameter (RFC 8707) by default, so they get opaque or encrypted tokens.",
    fix: "At {issuer}, switch the Resource Parameter Compatibility Profile on (Dashboard → Settings → Advanced), and register an API whose Identifier is the resource of {url}.",
  },
  api_metadata_issuer: {
    severity: "warning",
    message: "The metadata at {metadata} names {actual} as authorization servers, and not {expected}.",
    fix: "Let both name the same issuer: {expected}, if doctor's configuration is the API's.",
  },
} as const;
