// Everything that is wrong with a token, or with a request. Runs the same rules as the guard, but goes on after a refusal as far as that
// makes sense. Asks only the configured issuers: a token picks no server (RFC 8725 §3.10).
import { TokenAuth } from "../auth.js";
import type { Binding } from "../binding/binding.js";
import { AuthError, type AuthScheme } from "../errors.js";
import type { Introspector } from "../introspection/introspector.js";
import type { IssuerPolicies, IssuerPolicy } from "../issuer/policy.js";
import type { GuardRequest } from "../request/credentials.js";
import { evaluate } from "../requirements/evaluate.js";
import type { Requirement } from "../requirements/requirement.js";
import { checkRequirement } from "../requirements/validate.js";
import { type RevocationSource, refuseRevoked } from "../revocation/check.js";
import { type ClaimRule, claimRules, headerRules, type TokenFacts } from "../token/claims.js";
import { toSignature, toSigningInput } from "../token/compact.js";
import { type JsonObject, member } from "../token/json.js";
import type { ParsedToken, TokenParser } from "../token/parse.js";
import { parseClaims } from "../token/standard-schema.js";
import { explainBinding } from "./binding.js";
import { describeValue } from "./describe.js";
import type { Finding } from "./finding.js";
import { Notes } from "./notes.js";
import { readCame, readRequest } from "./presented.js";
import { findProvider } from "./providers.js";
import { readShape } from "./shape/shape.js";
import { toFindings } from "./to-findings.js";

/** What a token is explained by: the guard's own parts. */
export interface ExplainContext {
  readonly parser: TokenParser;
  readonly policies: IssuerPolicies;
  readonly introspection:
    | { readonly issuer: string; readonly rules: readonly ClaimRule[]; readonly introspector: Introspector }
    | undefined;
  readonly revocation: RevocationSource | undefined;
  readonly binding: Binding;
  readonly clockTolerance: number;
  readonly now: () => number;
}

/** What is explained: one token, as it came, and what it is to be good for. */
interface Subject {
  readonly token: string;
  readonly scheme: AuthScheme;
  readonly request: GuardRequest | undefined;
  readonly requirement: Requirement | undefined;
}

/**
 * All findings, in the order of the road; `accepted` and no error when the guard would let it pass.
 * Never rejects for what was presented: only a malformed requirement, which is the developer's own,
 * throws.
 */
export async function explainPresented(
  presented: string | GuardRequest,
  context: ExplainContext,
  requirement: Requirement | undefined,
): Promise<readonly Finding[]> {
  if (requirement !== undefined) checkRequirement(requirement);
  const { policies, binding } = context;
  const [only, ...others] = policies.all;
  const notes = new Notes({
    issuers: policies.all.map(({ issuer }) => issuer),
    audiences: [...new Set(policies.all.flatMap(({ audiences }) => audiences))],
    provider: others.length === 0 ? findProvider(only?.issuer) : undefined,
    now: context.now(),
  });
  const request = readRequest(presented);
  if (request) notes.know({ request });
  // Whatever fails within becomes a finding: what came must not be able to end the explaining.
  await notes.attempt(async () => {
    const takesDpop = binding.policy.modes.dpop !== "off";
    const came = request
      ? await readCame(request, takesDpop, notes)
      : { text: describeValue(presented), scheme: "Bearer" as const };
    if (came.text !== undefined)
      await explainText(came.text, { scheme: came.scheme, request, requirement }, context, notes);
  });
  return toFindings(notes, requirement);
}

/** What is within a wrapping is explained too, so that the next slip shows at once. */
async function explainText(
  text: string,
  subject: Omit<Subject, "token">,
  context: ExplainContext,
  notes: Notes,
): Promise<void> {
  if (await explainToken({ ...subject, token: text }, context, notes)) return;
  const token = readShape(text)?.token;
  if (token !== undefined && token !== text) await explainToken({ ...subject, token }, context, notes);
}

/** Whether the text could be taken apart at all. */
async function explainToken(subject: Subject, context: ExplainContext, notes: Notes): Promise<boolean> {
  const { token } = subject;
  notes.know({ shape: readShape(token) });
  const isIntrospected = context.introspection && (await notes.attempt(() => context.parser.isOpaque(token)));
  const parsed = isIntrospected ? undefined : await notes.attempt(() => context.parser.parse(token));
  if (isIntrospected) await explainOpaque(subject, context, notes);
  if (parsed) await explainParsed(parsed, subject, context, notes);
  return parsed !== undefined || isIntrospected === true;
}

async function explainParsed(
  parsed: ParsedToken,
  subject: Subject,
  context: ExplainContext,
  notes: Notes,
): Promise<void> {
  const { header, claims } = parsed;
  notes.know({ header, claims, provider: findProvider(member(claims, "iss"), claims) ?? notes.facts.provider });
  const known = await notes.attempt(() => context.policies.find(claims, subject.request));
  // A token from nowhere is still held against the only issuer there is, which shows what else is wrong with it.
  const policy = known ?? (context.policies.all.length === 1 ? context.policies.all[0] : undefined);
  if (!policy) return;
  notes.know({ policy, isTrusted: known !== undefined });
  const facts: TokenFacts = { header, claims, policy, now: context.now() };
  const before = notes.found.length;
  for (const rule of headerRules) notes.add(rule(facts));
  // The signature is checked where the guard would check it. A stranger's token only shows whether its key is one of ours.
  if (known && before === notes.found.length) await notes.attempt(() => checkSignature(parsed, known));
  const isStranger = notes.found.at(-1)?.error.reason === "issuer_untrusted";
  if (isStranger && header.kid !== undefined) await explainForeignKey(parsed, policy, notes);
  for (const rule of claimRules) {
    const refusal = rule(facts);
    // Looking for the stranger's terms has said so already.
    if (known || refusal?.reason !== "issuer_untrusted") notes.add(refusal);
  }
  await explainClaims(claims, policy, subject, context, notes);
}

/** The configured issuer's own keys are looked through, never the ones of the issuer that the token names. */
async function explainForeignKey(parsed: ParsedToken, policy: IssuerPolicy, notes: Notes): Promise<void> {
  try {
    await checkSignature(parsed, policy);
    // Then it is this issuer's after all, and only its name is spelt differently.
    notes.amend({ isSignedHere: true });
  } catch (error) {
    const isTelling = error instanceof AuthError && ["key_unknown", "keys_unavailable"].includes(error.reason);
    if (isTelling) notes.add(error);
  }
}

/** What the token's issuer says of it, held against the same rules as in the guard. */
async function explainOpaque(subject: Subject, context: ExplainContext, notes: Notes): Promise<void> {
  const { introspection, policies, now } = context;
  if (!introspection) return;
  const policy = await notes.attempt(() => policies.find({ iss: introspection.issuer }, subject.request));
  const claims = policy && (await notes.attempt(() => introspection.introspector.describe(subject.token)));
  if (!policy || !claims) return;
  notes.know({ policy, claims, isTrusted: true });
  for (const rule of introspection.rules) notes.add(rule({ claims, policy, now: now() }));
  await explainClaims(claims, policy, subject, context, notes);
}

async function explainClaims(
  claims: JsonObject,
  policy: IssuerPolicy,
  subject: Subject,
  context: ExplainContext,
  notes: Notes,
): Promise<void> {
  const { schema, claimNames, claimFormats } = policy;
  if (schema) await notes.attempt(() => parseClaims(schema, claims));
  await explainBinding({ ...subject, claims, now: context.now() }, context.binding.policy, notes);
  const { revocation } = context;
  if (revocation) await notes.attempt(() => refuseRevoked(revocation, claims));
  const { token, requirement } = subject;
  if (requirement === undefined) return;
  const auth = new TokenAuth({ token, tokenClaims: claims, claims, claimNames, claimFormats });
  const refusal = evaluate(requirement, auth, context);
  notes.add(refusal);
  // Of several parts the guard answers one; the others are told as well.
  const parts = refusal && requirement.type === "all" ? requirement.of : [];
  for (const part of parts) notes.add(evaluate(part, auth, context));
}

async function checkSignature(parsed: ParsedToken, policy: IssuerPolicy): Promise<void> {
  const verify = await policy.keys.pick(parsed.header);
  const { token, payloadEnd } = parsed;
  const isValid = await verify(toSigningInput(token, payloadEnd), toSignature(token, payloadEnd));
  if (!isValid) throw new AuthError("signature_invalid");
}
