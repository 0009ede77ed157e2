// Explains a token without any configuration to check it against, as far as possible. Nothing is
// verified, and no server is contacted: the issuer that a token names is not trusted for that (RFC
// 8725 §3.10).
import { generateKeyPairSync } from "node:crypto";
import { describeValue } from "../explain/describe-value.js";
import { quote } from "../explain/redact.js";
import { readShape } from "../explain/shape/shape.js";
import { spell, toUtc } from "../explain/specifics/time.js";
import { createGuard, type Finding, type GuardRequest } from "../index.js";
import { type JsonObject, member, readJsonObject } from "../token/json.js";
import { readPastedToken } from "./pasted-token.js";

/**
 * Whether neither flags nor environment configure an issuer or audience. A wrong value is a
 * different problem.
 */
export function isUnconfigured(given: readonly unknown[], env: Readonly<Record<string, string | undefined>>): boolean {
  const names = ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "ISSUER", "AUTH0_AUDIENCE", "AUDIENCE"];
  return given.every((one) => one === undefined) && names.every((name) => (env[name] ?? "").trim() === "");
}

/** Findings that need a configuration. */
const unknowable: ReadonlySet<string> = new Set([
  ...["issuer_untrusted", "audience_mismatch", "algorithm_not_allowed", "claims_rejected", "accepted", "provider"],
  ...["binding_unproven", "dpop_target_mismatch", "claim_missing"],
  ...["key_unknown", "key_unsuitable", "key_ambiguous", "signature_invalid", "keys_unavailable", "clock_drift"],
]);

/** Findings that hold for every API, and the token's content. */
export async function explainUnconfigured(presented: string | GuardRequest): Promise<readonly Finding<string>[]> {
  // A guard without a real issuer: it refuses everything, and its findings about form, kind and
  // times hold for every guard.
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = { jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "none" }] } };
  const guard = createGuard({
    issuer: "https://unconfigured.invalid/",
    audience: "unconfigured",
    keys,
    env: {},
    dpop: { mode: "allowed" },
  });
  const findings = (await guard.explain(presented)).filter(({ code }) => !unknowable.has(code));
  const text = readPastedToken(presented);
  const isCut = findings.length === 0 && readShape(text) !== undefined;
  return [...findings, ...(isCut ? [toShapeFinding(text)] : []), ...describeClaims(text)];
}

function toShapeFinding(text: string): Finding<string> {
  const { cause = "", fix = "" } = readShape(text) ?? {};
  return { code: "token_malformed", severity: "error", message: cause, fix };
}

function describeClaims(token: string): readonly Finding<string>[] {
  const [header, claims] = token.split(".").map(decode);
  if (header === undefined || claims === undefined) return [];
  const now = Date.now() / 1000;
  const holder = ["sub", "client_id", "azp", "scope", "permissions"].filter((name) => Object.hasOwn(claims, name));
  const parts = [
    `\`alg\` ${quote(member(header, "alg"))}`,
    ...["iss", "aud"].map((name) => (Object.hasOwn(claims, name) ? showClaim(claims, name) : `no \`${name}\``)),
    ...holder.map((name) => showClaim(claims, name)),
    ...["iat", "nbf", "exp"].flatMap((name) => describeMoment(name, member(claims, name), now)),
  ];
  return [
    {
      code: "token",
      severity: "info",
      message: `The token says, not verified: ${parts.join(", ")}.`,
      fix: "Anyone can write such claims: give issuer and audience to have the signature checked.",
    },
  ];
}

function showClaim(claims: JsonObject, name: string): string {
  return `\`${name}\` ${quote(member(claims, name))}`;
}

function describeMoment(name: string, value: unknown, now: number): readonly string[] {
  if (value === undefined) return name === "exp" ? ["no `exp`"] : [];
  const time = typeof value === "number" ? toUtc(value) : undefined;
  if (time === undefined) return [`\`${name}\` ${quote(describeValue(value))}`];
  const distance = spell(Math.abs(Number(value) - now));
  return [`\`${name}\` ${time}, ${Number(value) > now ? `in ${distance}` : `${distance} ago`}`];
}

function decode(part: string): JsonObject | undefined {
  return readJsonObject(Buffer.from(part, "base64url").toString("utf8"));
}
