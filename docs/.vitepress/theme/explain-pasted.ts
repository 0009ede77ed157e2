// What was pasted → the token's members, each with what is wrong with it. Runs the library's own
// `explain`, with Web Crypto. Asks no server: keys are pasted, and `fetch` refuses.
import { createGuard, type Finding, permission } from "gatewarden";
import { readPasted } from "../../../packages/gatewarden/src/cli/pasted.js";
import { toPrintable } from "../../../packages/gatewarden/src/cli/terminal/printable.js";
import { findPlace } from "./finding-places.js";
import { listMembers, type Part, readToken } from "./token-members.js";

/** The fields of the form. */
export interface Pasted {
  readonly text: string;
  readonly issuer: string;
  readonly audience: string;
  /** A JSON Web Key Set, or one key. */
  readonly keys: string;
  readonly permission: string;
}

/** A finding as the page shows it. */
export interface ShownFinding {
  readonly code: string;
  readonly severity: Finding["severity"];
  readonly message: string;
  readonly fix: string;
  readonly expected?: string;
  readonly actual?: string;
  /** The page of its code, if it has one. */
  readonly page?: string;
}

/** A part of the token with its members. */
export interface ShownPart {
  readonly title: string;
  readonly members: readonly {
    readonly name: string;
    readonly value: string;
    readonly note: string;
    readonly findings: readonly ShownFinding[];
  }[];
}

export interface Explained {
  readonly parts: readonly ShownPart[];
  /** Those of no single member. */
  readonly findings: readonly ShownFinding[];
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
    return { parts: [], findings: [finding], unchecked: [], errors: undefined };
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
    ...place(findings, readToken(presented)),
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

function place(findings: readonly Finding[], token: readonly Part[]): Pick<Explained, "parts" | "findings"> {
  const names = new Set(token.flatMap(({ title, members }) => members.map(({ name }) => `${title}.${name}`)));
  const places = new Map(findings.map((finding) => [finding, findPlace(finding, names)]));
  const parts = token.map((part) => ({
    title: part.title,
    members: listMembers(part).map((member) => ({
      ...member,
      findings: findings.filter((one) => places.get(one) === `${part.title}.${member.name}`).map(toShown),
    })),
  }));
  return { parts, findings: findings.filter((one) => places.get(one) === undefined).map(toShown) };
}

function toShown({ code, severity, message, fix, expected, actual }: Finding): ShownFinding {
  return {
    code,
    severity,
    // The place, which the message ends with, is where the finding stands.
    message: toPrintable(message.replace(/ \[[^\s\]]+\]$/, "")),
    fix: toPrintable(fix),
    ...(expected !== undefined && { expected: toText(expected) }),
    ...(actual !== undefined && { actual: toText(actual) }),
    ...(severity === "error" && { page: `/reasons/${code}` }),
  };
}

function toText(value: unknown): string {
  return toPrintable(JSON.stringify(value) ?? "");
}
