// Texts with something missing: a variable that was not set, an example that was not filled in, a
// truncated token.
import { member } from "../../token/json.js";
import type { Shape } from "./found-shape.js";
import { readHeaderPart } from "./text.js";

/** The shape of an absent, unfilled or truncated token. */
export function readUnfinished(text: string): Shape | undefined {
  if (text.trim() === "") return absent;
  if (placeholders.some((pattern) => pattern.test(text))) return unfilled;
  if (/…|\.{3}/.test(text)) return shortened;
  return readTruncated(text);
}

const absent: Shape = {
  cause: "The token is empty: usually a variable that was not set where the request was made.",
  fix: "Print the length of the variable there, and get a token first: `npx gatewarden token` gives one of the local tenant.",
};

const unfilled: Shape = {
  cause: "A placeholder stands where the token should: a variable that was not replaced, or that held nothing.",
  fix: 'Put a real token there. In a shell, variables are replaced within double quotes only: "Authorization: Bearer $TOKEN".',
};

const placeholders: readonly RegExp[] = [
  /^(undefined|null|none|nil|true|false|nan|\[object \w+\]|\[object Promise\]|promise)$/i,
  /^(\$\{?\w+\}?|%\w+%|\{\{.*\}\}|<.*>|\$\(.*\))$/,
  /^(your|my|the)?[-_ ]?(access|bearer|jwt|auth|api)?[-_ ]?token([-_ ]?here)?$/i,
];

const shortened: Shape = {
  cause: "The token was copied from a place that shortens it: it holds an ellipsis.",
  fix: "Copy the whole token, for instance from the network tab of the browser or the token endpoint's answer.",
};

const cut: Shape["fix"] =
  "Send the whole token: three parts with dots between. Look for a limit on length: a database column, a cookie, a header, a log line.";

function readTruncated(text: string): Shape | undefined {
  const parts = text.split(".");
  const header = parts.length <= 3 ? readHeaderPart(text) : undefined;
  const alg = header && member(header, "alg");
  if (header === undefined || typeof alg !== "string" || Object.hasOwn(header, "enc")) return undefined;
  if (parts.length === 1)
    return { cause: "This is only the first part of a JWT, its header: the rest was cut off.", fix: cut };
  if (parts.length === 2)
    return { cause: "This is a JWT without its last part, the signature: it was cut off.", fix: cut };
  const missing = missingSignature(alg, parts[2] ?? "");
  return missing === undefined ? undefined : { cause: missing, fix: cut };
}

/**
 * Lengths of signatures in base64url characters. RSA's depend on the key, which has at least 2048
 * bits here.
 */
const signatureLengths: Readonly<Record<string, number>> = {
  ...{ ES256: 86, ES384: 128, ES512: 176, EdDSA: 86, Ed25519: 86, HS256: 43, HS384: 64, HS512: 86 },
  ...{ RS256: 342, RS384: 342, RS512: 342, PS256: 342, PS384: 342, PS512: 342 },
};

function missingSignature(alg: string, signature: string): string | undefined {
  const expected = Object.hasOwn(signatureLengths, alg) ? (signatureLengths[alg] ?? 0) : 0;
  if (signature.length >= expected) return undefined;
  const least = alg.startsWith("RS") || alg.startsWith("PS") ? "at least " : "";
  return `The signature has ${signature.length} characters instead of ${least}${expected}: the end of the token was cut off.`;
}
