// The claim `cnf`: the sender's key that a token is bound to (RFC 7800 §3.1, RFC 9449 §6.1, RFC
// 8705 §3.1).
import { AuthError } from "../errors.js";
import { readBase64url, toBase64url } from "../token/base64url.js";
import { isObject, type JsonObject, member } from "../token/json.js";

/**
 * Whether a kind of bound token is accepted, required, or refused. A bound token is never accepted
 * as unbound.
 */
export type BindingMode = "allowed" | "required" | "off";

/** The modes of all kinds. */
export interface BindingModes {
  readonly dpop: BindingMode;
  readonly mtls: BindingMode;
}

/** The SHA-256 thumbprints of what the sender must prove to possess. */
export interface Confirmation {
  /** Thumbprint of the key of DPoP proofs: `jkt`, in base64url. */
  readonly key: string | undefined;
  /** Thumbprint of the TLS client certificate: `x5t#S256`. */
  readonly certificate: Uint8Array | undefined;
}

const known: ReadonlySet<string> = new Set(["jkt", "x5t#S256"]);
const unbound: Confirmation = { key: undefined, certificate: undefined };

/**
 * What the token is bound to. Throws `AuthError` (`binding_unproven`) for a `cnf` that is
 * malformed, or has members that are not supported: ignoring them would turn a bound token into a
 * bearer token (RFC 9449 §7.2, RFC 8705 §3).
 */
export function toConfirmation(claims: JsonObject): Confirmation | AuthError {
  if (!Object.hasOwn(claims, "cnf")) return unbound;
  const cnf = member(claims, "cnf");
  if (!isObject(cnf)) return unproven("is not an object");
  const names = Object.keys(cnf);
  if (names.length === 0) return unproven("is empty");
  if (!names.every((name) => known.has(name))) return unproven("has a member of an unknown kind");
  const key = toThumbprint(cnf, "jkt");
  if (key instanceof AuthError) return key;
  const certificate = toThumbprint(cnf, "x5t#S256");
  if (certificate instanceof AuthError) return certificate;
  return { key: key && toBase64url(key), certificate };
}

/**
 * Checks the binding against the modes: a bound token must be provable here, and a required binding
 * must be present.
 */
export function checkConfirmation({ key, certificate }: Confirmation, modes: BindingModes): AuthError | undefined {
  if (key && modes.dpop === "off") return unproven("has jkt, and dpop is off");
  if (certificate && modes.mtls === "off") return unproven("has x5t#S256, and mtls is off");
  const missing = (modes.dpop === "required" && !key) || (modes.mtls === "required" && !certificate);
  return missing ? new AuthError("binding_missing", { details: { name: "cnf" } }) : undefined;
}

/** The refusal of a bound token whose possession cannot be checked. */
export function unproven(problem: string): AuthError {
  return new AuthError("binding_unproven", { details: { name: "cnf", problem } });
}

/**
 * Both thumbprints are base64url of a SHA-256 (RFC 9449 §6.1, RFC 8705 §3.1). Any other value could
 * match only in a lenient parser.
 */
function toThumbprint(cnf: JsonObject, name: string): Uint8Array | AuthError | undefined {
  if (!Object.hasOwn(cnf, name)) return undefined;
  const value = cnf[name];
  const bytes = typeof value === "string" ? readBase64url(value) : undefined;
  return bytes?.length === 32 ? bytes : unproven(`has a ${name} that is not a SHA-256 in base64url`);
}
