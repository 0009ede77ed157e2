// Credentials of other kinds, recognised by their prefixes: API keys, refresh tokens, encrypted and
// opaque tokens.
import { member } from "../../token/json.js";
import type { Shape } from "./found-shape.js";
import { decodeBase64, readHeaderPart } from "./text.js";

/** The shape of a credential that is not a signed access token. */
export function readForeign(text: string): Shape | undefined {
  const known = marks.find(({ pattern }) => pattern.test(text));
  if (known) return { cause: `This looks like ${known.what}, not like an access token for this API.`, fix: known.fix };
  const parts = text.split(".").length;
  if (parts === 5) return readEncrypted(text);
  return parts === 1 ? readEncodedText(text) : undefined;
}

const sendAccessToken = "Send the access token: the value of `access_token` in the answer of the token endpoint.";
const rotate = "An API key is no access token. If it was sent to this API and is a real one, replace it.";

interface ShapeMark {
  readonly pattern: RegExp;
  /** Follows "This looks like". */
  readonly what: string;
  readonly fix: string;
}

const marks: readonly ShapeMark[] = [
  {
    pattern: /^(v1\.M[\w-]{20,}|1\/\/0[\w-]{20,}|AMf-vB[\w-]{20,}|[01]\.A[\w-]{2,}\.[\w.-]{40,}|M\.C\d+_|ory_rt_|oar_)/,
    what: "a refresh token",
    fix: sendAccessToken,
  },
  { pattern: /^(sk|pk|rk)_(live|test)_/, what: "an API key or a publishable key of Stripe or Clerk", fix: rotate },
  {
    pattern:
      /^(sk-|sk_|key-|AIza[\w-]{20,}|AKIA[0-9A-Z]{12,}|SG\.[\w-]{10,}|xox[abprs]-|glpat-|npm_|dop_v1_|sb_(secret|publishable)_|ak_)/,
    what: "an API key",
    fix: rotate,
  },
  {
    pattern: /^(gh[pousr]_|github_pat_)/,
    what: "a token of GitHub",
    fix: "GitHub's tokens are for GitHub's API. Send a token of this API's own issuer.",
  },
  {
    pattern: /^ya29\./,
    what: "an access token of Google",
    fix: "Google's access tokens are opaque and for Google's own APIs. Send a token of this API's own issuer.",
  },
  {
    pattern: /^(ory_at_|oat_|mt_)/,
    what: "an opaque access token",
    fix: "Let the issuer write JWT access tokens, or give the guard `introspection`.",
  },
  {
    pattern: /^v[1-4]\.(local|public)\./,
    what: "a PASETO token",
    fix: "This API takes JWTs (RFC 7519). Let the issuer write those.",
  },
  {
    pattern: /^-----BEGIN /,
    what: "a key or a certificate in PEM",
    fix: `${sendAccessToken} If it is a private key, replace it: it has been sent.`,
  },
  {
    pattern: /^(PHNhbWw|PD94bWw|PHNhbWxw)/,
    what: "a SAML assertion",
    fix: "This API takes OAuth access tokens. Exchange the assertion for one at the authorization server (RFC 7522).",
  },
  { pattern: /^s:[\w-]+\.[\w+/-]+$/, what: "a session cookie", fix: sendAccessToken },
  {
    pattern: /^Basic\s/i,
    what: "a user name and password (Basic)",
    fix: "Those belong to the token endpoint. Get an access token there and send that as `Bearer`.",
  },
];

/**
 * Reads only the header, which is not encrypted. Nothing is decrypted or inflated (RFC 7516 §4).
 */
function readEncrypted(text: string): Shape | undefined {
  const header = readHeaderPart(text);
  const alg = header && member(header, "alg");
  if (header === undefined || typeof alg !== "string" || typeof member(header, "enc") !== "string") return undefined;
  const what = "This is an encrypted token (JWE): five parts, of which only its issuer can read more than the first.";
  // Cognito's refresh tokens have this form. Auth0's access tokens without an audience have
  // `alg: "dir"`.
  if (alg === "dir") {
    return {
      cause: `${what} Auth0 issues such a token, for its own use, when the client requests no audience.`,
      fix: "Let the client request this API's audience when it logs in, then log in again.",
    };
  }
  return {
    cause: `${what} Refresh tokens of some providers (Cognito) look like this; so do access tokens of an API with token encryption.`,
    fix: `${sendAccessToken} If it is that, switch token encryption off for this API.`,
  };
}

function readEncodedText(text: string): Shape | undefined {
  const decoded = decodeBase64(text);
  if (decoded === undefined) return undefined;
  if (/^\s*\{/.test(decoded)) {
    return { cause: "This is base64 of JSON, not a signed token: one part instead of three.", fix: sendAccessToken };
  }
  if (!/^[^\s:]{1,128}:[^\s]{1,256}$/.test(decoded)) return undefined;
  return {
    cause: "This is base64 of two texts with a colon between, as Basic authentication sends user name and password.",
    fix: "Those belong to the token endpoint. Get an access token there and send that as `Bearer`.",
  };
}
