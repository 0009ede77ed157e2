// Whether a bound token is proven by the request it came with: the guard's own rules, all of them, and without using the proof up.
import { type BindingPolicy, checkScheme } from "../binding/binding.js";
import { checkConfirmation, readConfirmation, unproven } from "../binding/confirmation.js";
import { proofRules, readProof } from "../binding/dpop.js";
import { checkCertificate } from "../binding/mtls.js";
import { createProofParser } from "../binding/proof.js";
import { AuthError, type AuthScheme } from "../errors.js";
import type { GuardRequest } from "../request/credentials.js";
import { toSignature, toSigningInput } from "../token/compact.js";
import { sha256Text } from "../token/hash.js";
import type { JsonObject } from "../token/json.js";
import type { Notes } from "./notes.js";

/** A token, and how it came. */
interface Presentation {
  readonly token: string;
  readonly claims: JsonObject;
  readonly scheme: AuthScheme;
  readonly request: GuardRequest | undefined;
  readonly now: number;
}

/** Notes everything that is wrong with the proof. The store of used proofs is not asked: asking would use the proof up. */
export async function explainBinding(presentation: Presentation, policy: BindingPolicy, notes: Notes): Promise<void> {
  const { claims, scheme, request } = presentation;
  const confirmation = await notes.attempt(() => readConfirmation(claims));
  if (confirmation === undefined) return;
  const refusal = checkConfirmation(confirmation, policy.modes) ?? checkScheme(confirmation, scheme);
  if (refusal) return notes.add(refusal);
  const { key, certificate } = confirmation;
  if (!request) return key || certificate ? notes.add(unproven("cannot be proven without a request")) : undefined;
  if (certificate) await notes.attempt(() => checkCertificate(request, certificate, policy.mtls));
  if (key) await explainProof({ ...presentation, request, key }, policy, notes);
}

async function explainProof(
  bound: Presentation & { readonly request: GuardRequest; readonly key: string },
  { dpop: policy }: BindingPolicy,
  notes: Notes,
): Promise<void> {
  const text = await notes.attempt(() => readProof(bound.request));
  const proof =
    text === undefined ? undefined : await notes.attempt(() => createProofParser(policy.algorithms).parse(text));
  if (text === undefined || proof === undefined) return;
  const { claims, key, payloadEnd } = proof;
  if (key.thumbprint !== bound.key) notes.add(new AuthError("dpop_key_mismatch"));
  const isValid = await notes.attempt(() =>
    key.verify(toSigningInput(text, payloadEnd), toSignature(text, payloadEnd)),
  );
  if (isValid === false) notes.add(new AuthError("dpop_signature_invalid"));
  const [checkForm, ...others] = proofRules;
  const facts = { ...bound, hash: () => sha256Text(bound.token), claims, policy };
  const malformed = await checkForm?.(facts);
  // The other rules read what this one vouches for.
  if (malformed) return notes.add(malformed);
  for (const rule of others) await notes.attempt(async () => notes.add(await rule(facts)));
}
