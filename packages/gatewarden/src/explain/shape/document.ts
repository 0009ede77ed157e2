// JSON documents pasted instead of a token: keys, metadata, and decoded tokens. Nothing in them is
// quoted.
import { isObject, type JsonObject, member, readJsonObject } from "../../token/json.js";
import type { Shape } from "./found-shape.js";

const sendToken = "Send the access token itself: the value of `access_token` in the answer of the token endpoint.";
const replace =
  "Its private part has been shown: replace the key at once. Where a token is asked for, send the access token.";

/** The shape of a document. Undefined for any other text. */
export function readDocument(text: string): Shape | undefined {
  const trimmed = text.trim();
  const document = trimmed.startsWith("{") ? readJsonObject(trimmed) : undefined;
  if (document === undefined) return undefined;
  const keys = member(document, "keys");
  if (Array.isArray(keys)) return readKeySet(keys);
  if (typeof member(document, "kty") === "string") return readKey(document);
  return rows.find(({ names }) => names.every((name) => Object.hasOwn(document, name)))?.shape;
}

function readKeySet(keys: readonly unknown[]): Shape {
  if (keys.some((key) => isObject(key) && isPrivate(key)))
    return { cause: "This is a key set with a private key in it.", fix: replace };
  return {
    cause: "This is a key set (JWK Set): the keys that tokens are verified with, not a token.",
    fix: `${sendToken} To verify with these keys, give them to the guard as \`keys: { jwks }\`.`,
  };
}

function readKey(key: JsonObject): Shape {
  if (isPrivate(key)) return { cause: "This is a private or secret key (JWK).", fix: replace };
  return {
    cause: "This is a public key (JWK), not a token.",
    fix: `${sendToken} To verify with this key, give it to the guard as \`keys: { publicKey }\`.`,
  };
}

/** `d` is the private part (RFC 7518 §6.2.2, §6.3.2), `k` a whole secret key (§6.4). */
function isPrivate(key: JsonObject): boolean {
  return Object.hasOwn(key, "d") || Object.hasOwn(key, "k");
}

const rows: readonly { readonly names: readonly string[]; readonly shape: Shape }[] = [
  {
    names: ["issuer", "jwks_uri"],
    shape: {
      cause: "These are the metadata of an authorization server, not a token.",
      fix: `${sendToken} The value of \`issuer\` is what the guard's option \`issuer\` must be.`,
    },
  },
  {
    names: ["iss"],
    shape: {
      cause: "These are the claims of a token, decoded: without its signature they prove nothing.",
      fix: sendToken,
    },
  },
  {
    names: ["alg"],
    shape: { cause: "This is the header of a token, decoded, and not the token.", fix: sendToken },
  },
];
