// Every intended difference from the original, by name: what happens there and here, and why. The
// guide docs/migrating/express-oauth2-jwt-bearer.md has the same table.

export interface Difference {
  readonly there: string;
  readonly here: string;
  readonly why: string;
}

export const differences: Readonly<Record<string, Difference>> = {
  outage: {
    there: "401 `invalid_token` while metadata or keys cannot be fetched or read",
    here: "503 with `Retry-After`; known keys go on working for a day, and a secret needs no metadata",
    why: "an outage says nothing about the token, and clients would throw it away",
  },
  "never anonymous": {
    there: "with `authRequired: false`, every error means anonymous",
    here: "only a request without credentials is anonymous; others are refused as always",
    why: "a caller with an expired token must learn that it expired (RFC 6750 §3.1)",
  },
  "bound tokens": {
    there: "a token with `cnf` is accepted as Bearer where DPoP or mTLS is off; with two bindings one is checked",
    here: "401 `invalid_token`; every binding of a token is checked",
    why: "a stolen token would work without its key (RFC 9449 §7.1, RFC 8705 §3)",
  },
  "used proofs": {
    there: "a DPoP proof may be used again while it is valid",
    here: "400 `invalid_dpop_proof` for the second use, in this process",
    why: "a captured request could be repeated (RFC 9449 §11.1)",
  },
  "further arguments": {
    there: '`requiredScopes("a", "b")` and `scopeIncludesAny("a", "b")` read the first argument alone',
    here: "all arguments count",
    why: "its own documentation shows two arguments, and the second protected nothing",
  },
  "empty requirements": {
    there: '`requiredScopes([])` and `claimIncludes("role")` pass tokens, `requiredScopes("")` refuses all',
    here: "a `TypeError` when the route is added",
    why: "a list that is empty by mistake would protect nothing",
  },
  "promises of checks": {
    there: "`claimCheck(async () => false)` passes every token",
    here: "the promise is awaited",
    why: "a promise is always truthy (CWE-670)",
  },
  "other kinds of tokens": {
    there: "ID tokens, logout tokens and other types are accepted for the right audience",
    here: "401 `invalid_token`",
    why: "they were not issued for calling an API (RFC 8725 §3.12, RFC 9068 §5)",
  },
  "indispensable checks": {
    there: "`validators` may switch off `iss`, `aud` and `exp`",
    here: "`false` is a `ConfigError` at start-up; an `iss` function that accepts every name is answered with 500",
    why: "tokens of other issuers, for other APIs, or without an end would be accepted",
  },
  "audience functions": {
    there: "a function for `aud` replaces `audience`",
    here: "it is asked beside `audience`, which must list all accepted values",
    why: "a function can only narrow what the configuration allows",
  },
  "issuer functions": {
    there: "a function for `iss` works with metadata alone, and sees the whole token",
    here: "it needs `jwksUri`, `publicKey` or `secret`, and sees the issuer alone: otherwise a `ConfigError`",
    why: "the issuer is looked up before anything else of the token is known to be true",
  },
  "undefined validators": {
    there: "a validator that is undefined refuses every token",
    here: "it counts as left out",
    why: "options are often built from parts that may be undefined",
  },
  "early mistakes": {
    there: "401 for every token: PEM without `tokenSigningAlg`, a symmetric JWK, an empty `mcd.issuers`, no URL",
    here: "an error at start-up; for a placeholder such as `JWKS_URI=qux` 500 when a token arrives",
    why: "the API is configured wrongly, and its clients cannot correct that",
  },
  "short secrets": {
    there: "any text is a secret",
    here: "a secret shorter than the hash is a `ConfigError` at start-up",
    why: "it can be found by trying (RFC 7518 §3.2)",
  },
  "long proofs": {
    there: "`dpop.iatOffset` and `dpop.iatLeeway` may be any number",
    here: "at most 600 seconds, and `iatLeeway` at most 300; otherwise a `ConfigError` at start-up",
    why: "used proofs are remembered for as long as they are valid",
  },
  "large tolerances": {
    there: "`clockTolerance` may be any number",
    here: "at most 300 seconds, otherwise a `ConfigError` at start-up",
    why: "an expired token would be accepted for as long",
  },
  ES256K: {
    there: "allowed for tokens and proofs",
    here: "not supported: a `ConfigError` as `tokenSigningAlg`",
    why: "Gatewarden has no secp256k1",
  },
  "listed algorithms": {
    there: "the metadata's `id_token_signing_alg_values_supported` limits access tokens",
    here: "an algorithm must fit the key, and `tokenSigningAlg` where it is set",
    why: "that list is about ID tokens (OpenID Connect Discovery §3)",
  },
  "metadata of another issuer": {
    there: "metadata may name another issuer than was configured",
    here: "503 for the configured issuer's tokens until they agree, and 401 for the other's",
    why: "another issuer's keys would be trusted (RFC 8414 §3.3)",
  },
  "new keys": {
    there: "a new key is unknown for `cooldownDuration` after the last fetch",
    here: "an unknown key id is looked up at once, within a budget; `cooldownDuration` is not read",
    why: "a rotation must not refuse valid tokens",
  },
  "issued in the future": {
    there: "`iat` may be in the future",
    here: "401 `invalid_token` beyond `clockTolerance`",
    why: "such a token comes from a wrong clock, or is forged",
  },
  "forms of claims": {
    there: "`aud` may hold other values than text; null is a value",
    here: "`aud` holds text alone (401 `invalid_token`); null counts as absent",
    why: "RFC 7519 §4.1.3; some issuers write null for what is absent",
  },
  "several tokens": {
    there: "of two `Authorization` headers the first counts; `access_token` twice counts as none",
    here: "400 `invalid_request`",
    why: "the caller is not known where two tokens are sent (RFC 6750 §2)",
  },
  "malformed tokens": {
    there: "401 `invalid_token` for a quoted or empty token, or one with a comma",
    here: "400",
    why: "the request is malformed, and another token does not help (RFC 6750 §2.1)",
  },
  "strict tokens": {
    there: "padding at the end of a token is skipped",
    here: "401 `invalid_token`",
    why: "a token has one spelling (RFC 7515 §2), so that deny lists and caches see one token",
  },
  "large tokens": {
    there: "a token in a form may have any length",
    here: "400 `invalid_request` beyond 16 KiB",
    why: "work before the signature is checked must have a bound (CWE-400)",
  },
  "keys without an id": {
    there: "a token without `kid` is refused where several keys fit",
    here: "each of a few keys is tried",
    why: "a rotation would refuse all tokens of such an issuer",
  },
  wording: {
    there: "`error_description` may quote the token or an exception",
    here: "the same text for the usual reasons, and Gatewarden's own for the others",
    why: "values of a token or of an exception must not reach other parties (CWE-209)",
  },
};
