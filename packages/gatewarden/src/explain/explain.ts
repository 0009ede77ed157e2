// Everything that is wrong with a token. Runs the same rules as the guard, but goes on after a refusal as far as that makes sense.
import { type BindingModes, checkBinding } from "../binding/confirmation.js";
import { AuthError } from "../errors.js";
import type { Introspector } from "../introspection/introspector.js";
import type { IssuerPolicies, IssuerPolicy } from "../issuer/policy.js";
import { type RevocationSource, refuseRevoked } from "../revocation/check.js";
import { parseClaims } from "../standard-schema.js";
import { type ClaimRule, claimRules, headerRules, type TokenFacts } from "../token/claims.js";
import { toSigningInput } from "../token/compact.js";
import type { JsonObject } from "../token/json.js";
import type { ParsedToken, TokenParser } from "../token/parse.js";
import { advice } from "./advice.js";
import type { Finding } from "./finding.js";

/** What a token is explained by: the guard's own parts. */
export interface ExplainContext {
  readonly parser: TokenParser;
  readonly policies: IssuerPolicies;
  readonly introspection:
    | { readonly issuer: string; readonly rules: readonly ClaimRule[]; readonly introspector: Introspector }
    | undefined;
  readonly revocation: RevocationSource | undefined;
  readonly modes: BindingModes;
  readonly now: () => number;
}

/** All findings, in the order of the road; a single one with code `accepted` when the guard would take the token. */
export async function explainToken(token: string, context: ExplainContext): Promise<readonly Finding[]> {
  const errors: AuthError[] = [];
  const attempt = async <Value>(step: () => Value | Promise<Value>): Promise<Value | undefined> => {
    try {
      return await step();
    } catch (error) {
      errors.push(error instanceof AuthError ? error : new AuthError("check_failed", { cause: error }));
      return undefined;
    }
  };
  const notes = { errors, attempt };
  const isIntrospected = context.introspection && (await attempt(() => context.parser.isOpaque(token)));
  const parsed = isIntrospected ? undefined : await attempt(() => context.parser.parse(token));
  if (isIntrospected) await explainOpaque(token, context, notes);
  if (parsed) await explainParsed(parsed, context, notes);
  return errors.length === 0 ? [accepted] : distinct(errors.map(toFinding));
}

interface Notes {
  readonly errors: AuthError[];
  readonly attempt: <Value>(step: () => Value | Promise<Value>) => Promise<Value | undefined>;
}

async function explainParsed(parsed: ParsedToken, context: ExplainContext, { errors, attempt }: Notes): Promise<void> {
  const known = await attempt(() => context.policies.find(parsed.claims));
  // A token from nowhere is still held against the only issuer there is, which shows what else is wrong with it.
  const policy = known ?? (context.policies.all.length === 1 ? context.policies.all[0] : undefined);
  if (!policy) return;
  const facts: TokenFacts = { ...parsed, policy, now: context.now() };
  note(
    errors,
    headerRules.map((rule) => rule(facts)),
  );
  // Keys are asked for only where the guard would ask: never for a token from an issuer that is not trusted.
  if (known && errors.length === 0) await attempt(() => checkSignature(parsed, known));
  note(
    errors,
    claimRules.map((rule) => rule(facts)),
  );
  await explainClaims(parsed.claims, policy, context, { errors, attempt });
}

/** What the token's issuer says of it, held against the same rules as in the guard. */
async function explainOpaque(token: string, context: ExplainContext, { errors, attempt }: Notes): Promise<void> {
  const { introspection, policies, now } = context;
  if (!introspection) return;
  const policy = await attempt(() => policies.find({ iss: introspection.issuer }));
  const claims = await attempt(() => introspection.introspector.describe(token));
  if (!policy || !claims) return;
  note(
    errors,
    introspection.rules.map((rule) => rule({ claims, policy, now: now() })),
  );
  await explainClaims(claims, policy, context, { errors, attempt });
}

async function explainClaims(
  claims: JsonObject,
  policy: IssuerPolicy,
  { revocation, modes }: ExplainContext,
  { errors, attempt }: Notes,
): Promise<void> {
  const { schema } = policy;
  if (schema) await attempt(() => parseClaims(schema, claims));
  await attempt(() => note(errors, [checkBinding(claims, modes)]));
  if (revocation) await attempt(() => refuseRevoked(revocation, claims));
}

async function checkSignature(parsed: ParsedToken, policy: IssuerPolicy): Promise<void> {
  const verify = await policy.keys.pick(parsed.header);
  if (!(await verify(toSigningInput(parsed.token, parsed.payloadEnd), parsed.signature)))
    throw new AuthError("signature_invalid");
}

function note(errors: AuthError[], refusals: readonly (AuthError | undefined)[]): void {
  for (const refusal of refusals) if (refusal) errors.push(refusal);
}

function toFinding({ reason, details }: AuthError): Finding {
  const { cause, fix } = advice[reason];
  const where = details.name === undefined ? "" : ` [${[details.name, details.problem].filter(Boolean).join(" ")}]`;
  return {
    code: reason,
    severity: "error",
    message: cause + where,
    fix,
    ...(details.expected !== undefined && { expected: details.expected }),
    ...(details.actual !== undefined && { actual: details.actual }),
  };
}

/** The rule that finds the issuer and the rule that checks it say the same thing about a stranger's token. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding])).values()];
}

const accepted: Finding = {
  code: "accepted",
  severity: "info",
  message: "This API accepts the token.",
  fix: "Nothing to do. A 403 would come from an endpoint's own requirement.",
};
