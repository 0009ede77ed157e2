// What was pasted → the token's members, each with what is wrong with it. Runs the library's own
// `explain`, with Web Crypto. Asks no server: keys are pasted, and `fetch` refuses.
import { createGuard, permission } from "gatewarden";
import { readPasted } from "../../../packages/gatewarden/src/cli/pasted.js";
import { toPrintable } from "../../../packages/gatewarden/src/cli/terminal/printable.js";
import { type Placed, placeFindings } from "./place-findings.js";

/** The fields of the form. */
export interface Pasted {
  readonly text: string;
  readonly issuer: string;
  readonly audience: string;
  /** A JSON Web Key Set, or one key. */
  readonly keys: string;
  readonly permission: string;
}

export interface Explained extends Placed {
  /** What could not be checked, and what it needs. */
  readonly unchecked: readonly string[];
  /** How many refusals there are; undefined where the form itself is at fault. */
  readonly errors: number | undefined;
}

/** A public key that signed nothing (RFC 7517 appendix A.1): a guard needs one. */
const noKeys = {
  keys: [
    {
      kty: "EC",
      crv: "P-256",
      x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
      y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
      kid: "none",
    },
  ],
};

const noIssuer = "https://none.invalid/";
const noAudience = "none";
const needsIssuer = ["issuer_untrusted", "provider"];
const needsAudience = ["audience_mismatch"];
const needsKeys = ["key_unknown", "key_unsuitable", "key_ambiguous", "signature_invalid", "keys_unavailable"];
/** What a page cannot know: whether a request is meant to be bound. */
const needsRequest = ["binding_unproven", "dpop_target_mismatch", "accepted"];

/** Never throws: what is wrong with the form is a finding too. */
export async function explainPasted(pasted: Pasted): Promise<Explained> {
  try {
    return await explain(pasted);
  } catch (error) {
    const message = error instanceof Error ? error.message : "It cannot be read.";
    const finding = {
      code: "configuration",
      severity: "error",
      message: toPrintable(message),
      fix: "Correct the field.",
    } as const;
    return { parts: [], raw: [], findings: [finding], unchecked: [], errors: undefined };
  }
}

async function explain(pasted: Pasted): Promise<Explained> {
  const given = toGiven(pasted);
  const guard = createGuard({
    issuer: given.issuer ?? noIssuer,
    audience: given.audience ?? noAudience,
    keys: { jwks: given.keys ?? noKeys },
    dpop: { mode: "allowed" },
    fetch: () => Promise.reject(new Error("This page asks no server")),
    env: {},
  });
  const requirement = pasted.permission.trim();
  const presented = readPasted(pasted.text);
  const all = await guard.explain(presented, ...(requirement === "" ? [] : [permission(requirement)]));
  const isWhole = given.issuer !== undefined && given.audience !== undefined && given.keys !== undefined;
  const left = new Set([
    ...(given.issuer === undefined ? needsIssuer : []),
    ...(given.audience === undefined ? needsAudience : []),
    ...(given.keys === undefined ? needsKeys : []),
    ...(isWhole ? [] : needsRequest.slice(-1)),
  ]);
  const findings = all.filter(({ code }) => !left.has(code));
  return {
    ...placeFindings(findings, presented),
    unchecked: toUnchecked(given),
    errors: findings.filter(({ severity }) => severity === "error").length,
  };
}

interface Given {
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly keys: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined;
}

function toGiven({ issuer, audience, keys }: Pasted): Given {
  return { issuer: issuer.trim() || undefined, audience: audience.trim() || undefined, keys: parseKeys(keys.trim()) };
}

function parseKeys(text: string): Given["keys"] {
  if (text === "") return undefined;
  const value = parseJson(text);
  if (typeof value !== "object" || value === null) throw new Error('The key set must be JSON such as {"keys":[…]}.');
  return "keys" in value
    ? (value as NonNullable<Given["keys"]>)
    : { keys: [value as Readonly<Record<string, unknown>>] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("The key set is not JSON. Paste what the issuer's jwks_uri answers.");
  }
}

function toUnchecked({ issuer, audience, keys }: Given): readonly string[] {
  return [
    ...(issuer === undefined ? ["whether you trust its issuer: give the issuer"] : []),
    ...(audience === undefined ? ["whether it is for your API: give the audience"] : []),
    ...(keys === undefined ? ["the signature: paste the issuer's key set"] : []),
  ];
}
