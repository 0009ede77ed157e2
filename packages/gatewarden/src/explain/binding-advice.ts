// The advice about tokens bound to a key of their sender (RFC 9449, RFC 8705).

import type { BindingReason } from "../reasons.js";
import type { Advice } from "./cause-and-fix.js";

/** Cause and fix of every reason about bound tokens. */
export const bindingAdvice: Readonly<Record<BindingReason, Advice>> = {
  binding_unproven: {
    cause:
      "The token has a `cnf` claim: its sender must prove possession of a key. It came as a plain bearer token, this API has that kind of proof switched off, or `cnf` is of a kind that it does not know.",
    fix: "For `cnf.jkt`, send `Authorization: DPoP <token>` with a proof, and switch `dpop` on here; for `cnf.x5t#S256`, switch `mtls` on. Or let the client request a token without sender constraint.",
  },
  binding_missing: {
    cause:
      "This API takes only tokens with `cnf` (`dpop` or `mtls` is `required`), and the token is a plain bearer token.",
    fix: "Let the client request its token with a DPoP proof (or over mutual TLS), and switch sender constraint on for this API at the authorization server.",
  },
  dpop_token_unbound: {
    cause:
      "The token came with the scheme DPoP but has no `cnf.jkt`: the authorization server issued a plain bearer token.",
    fix: "Send it as `Authorization: Bearer`, or let the client request its token with a DPoP proof and switch DPoP on at the authorization server.",
  },
  dpop_proof_missing: {
    cause: "The token came with the scheme DPoP, but the request has no `DPoP` header. A proxy may have removed it.",
    fix: "Send a fresh proof in the `DPoP` header with every request.",
  },
  dpop_proof_multiple: {
    cause: "The request has more than one `DPoP` header, or two proofs joined by a comma.",
    fix: "Send one `DPoP` header. If the client does, look for a proxy that adds a second one.",
  },
  dpop_proof_malformed: {
    cause: "The proof is not three base64url parts that hold JSON objects, or it is longer than 8,192 characters.",
    fix: "Send the proof as a compact JWS; use a client library for DPoP rather than code of your own.",
  },
  dpop_extension_unsupported: {
    cause: "The proof's header demands an extension (`crit` or `b64`) that proofs must not use.",
    fix: "Make the proof without critical header extensions.",
  },
  dpop_type_not_allowed: {
    cause: "The `typ` of what came in the `DPoP` header is not `dpop+jwt`: it is another kind of JWT.",
    fix: "Set the proof's header parameter `typ` to `dpop+jwt`.",
  },
  dpop_algorithm_not_allowed: {
    cause:
      "The proof's `alg` is not one that the challenge lists as `algs`. Symmetric algorithms and `none` never are.",
    fix: "Sign proofs with an algorithm of the challenge's `algs`, or list the client's in `dpop.algorithms`.",
  },
  dpop_key_unusable: {
    cause:
      "The proof's `jwk` is absent, holds private members, is too weak, is not for signatures or does not fit its `alg`.",
    fix: "Put the public key, and only that, into the proof's header as `jwk`: P-256, Ed25519, or RSA of 2048 bits or more.",
  },
  dpop_signature_invalid: {
    cause: "The proof was changed after it was signed, or signed with another key than the one in its header.",
    fix: "Sign the proof with the private key that belongs to its `jwk`.",
  },
  dpop_claim_invalid: {
    cause: "One of `jti`, `htm`, `htu`, `iat` and `ath` is absent, has the wrong type, or is too long.",
    fix: "Put all five into each proof: a random `jti` of at most 256 characters, and `ath`, the hash of the access token.",
  },
  dpop_method_mismatch: {
    cause: "The proof's `htm` is not the method of this request: the proof was made for another one.",
    fix: "Make a new proof for each request, with its method in capitals as `htm`.",
  },
  dpop_target_mismatch: {
    cause:
      "The proof's `htu` is not the URL of this request, query and fragment aside. Behind a proxy this API may take the URL for another than the client used.",
    fix: "Compare the details. If the client is right, tell this API its public address: `resource`, or `trustProxy` when a proxy sets X-Forwarded-Proto and X-Forwarded-Host.",
  },
  dpop_stale: {
    cause:
      "The proof's `iat` is longer ago than `dpop.maxAge`, or its own `exp` has passed: it was kept for later, or the client's clock is behind.",
    fix: "Make a new proof for each request, and synchronise the client's clock.",
  },
  dpop_issued_in_future: {
    cause: "The proof's `iat` or `nbf` is in the future: the client's clock is ahead, or this machine's is behind.",
    fix: "Synchronise both clocks, or raise `clockTolerance` by a few seconds.",
  },
  dpop_token_mismatch: {
    cause: "The proof's `ath` is not the hash of the access token that it came with.",
    fix: "Make the proof with the access token that is sent: `ath` is the base64url of the SHA-256 of its characters.",
  },
  dpop_key_mismatch: {
    cause:
      "The thumbprint of the proof's key is not the token's `cnf.jkt`: the sender does not hold the key that the token is bound to.",
    fix: "Sign proofs with the key that the token was requested with. After making a new key, request a new token.",
  },
  dpop_nonce_required: {
    cause: "The proof has no `nonce`, or one that is no longer valid. Once in a while that is normal.",
    fix: "Repeat the request with the response's `DPoP-Nonce` as the proof's `nonce`; client libraries for DPoP do that. Browsers need `Access-Control-Expose-Headers: DPoP-Nonce`.",
  },
  dpop_replayed: {
    cause:
      "A proof with this `jti` and key was accepted already: a retry sent it twice, or an intercepted proof is replayed.",
    fix: "Make a new proof with a new random `jti` for each request, retries included.",
  },
  replay_store_unavailable: {
    cause:
      "The store that remembers used proofs failed, answered neither true nor false, or is full. Or this key already holds its share of the store. The request is refused then.",
    fix: "See the error's `cause`. If the memory store is full, or one busy client needs a larger share, give `createMemoryReplayStore` a larger `capacity`, or lower `dpop.maxAge`.",
  },
  target_unknown: {
    cause:
      "A DPoP proof names the URL, but Host is absent, repeated or malformed, X-Forwarded-* or Forwarded holds no or several values, or the guard was given a path without a connection.",
    fix: "Set `resource` to this API's public URL. Let the outermost proxy set the headers that `trustProxy` reads, rather than append to them.",
  },
  certificate_missing: {
    cause:
      "The token has `cnf.x5t#S256`, but the connection carries no client certificate: the client sent none, the server did not ask (`requestCert`), or a proxy ended the TLS connection.",
    fix: "Let the client connect with the certificate that it got the token with. Behind a proxy, let it pass the certificate on and set `mtls.certificate` and `trustProxy`.",
  },
  certificate_malformed: {
    cause:
      "The proxy's certificate header is not in the format that `mtls.certificate` names, or holds several certificates.",
    fix: "Let the proxy replace the header (Envoy: SANITIZE_SET; nginx: `proxy_set_header … $ssl_client_escaped_cert`), and set the matching `format`.",
  },
  certificate_mismatch: {
    cause: "The thumbprint of the client's certificate is not the token's `cnf.x5t#S256`.",
    fix: "Connect with the certificate that the token was requested with. After renewing it, request a new token.",
  },
};
