// The steps by which the request proves possession of the token's key (RFC 9449 §4.3). The store of
// used proofs comes last.
import { AuthError } from "../errors.js";
import { chain } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import type { Step } from "../road/step.js";
import { verifySignature } from "../token/compact.js";
import { member } from "../token/json.js";
import {
  type BoundToken,
  checkClaims,
  type DpopPolicy,
  type ProofFacts,
  type ProofRule,
  parseProofHeader,
  proofRules,
  refuseReplay,
} from "./dpop.js";
import { createUses } from "./once-per-request.js";
import { createProofParser, type Proof } from "./proof.js";

/** A parsed proof, with its token. */
export interface PresentedProof extends ProofFacts {
  readonly text: string;
  readonly parsed: Proof;
}

/** What the steps read and write. */
export interface ProofJourney {
  /** Undefined where the token is not bound to a key. */
  readonly bound: BoundToken | undefined;
  proof: PresentedProof | undefined;
}

/** The steps for the proofs of one guard. */
export interface ProofSteps {
  readonly steps: readonly Step<ProofJourney>[];
  /**
   * The nonce to send with the response, where the one that an accepted request used is about to
   * expire (RFC 9449 §8.2).
   */
  nextNonce(request: GuardRequest): string | undefined;
}

/** Creates the steps. Each passes where no proof is needed. */
export function createProofSteps(policy: DpopPolicy): ProofSteps {
  const parser = createProofParser(policy.algorithms);
  const outdated = new WeakSet<GuardRequest>();
  const useOnce = createUses();
  return {
    steps: [
      {
        name: "proof",
        needs: ["confirmation"],
        rules: [
          (journey) => {
            const { bound } = journey;
            if (bound === undefined) return undefined;
            const text = parseProofHeader(bound.request);
            return chain(parser.parse(text), (parsed) => {
              const { hash, key, request, now } = bound;
              journey.proof = { hash, key, request, now, claims: parsed.claims, policy, text, parsed };
              return undefined;
            });
          },
        ],
      },
      { name: "proof key", needs: ["proof"], rules: [ofProof(checkKey)] },
      { name: "proof signature", needs: ["proof"], rules: [ofProof(checkSignature)] },
      { name: "proof claims", needs: ["proof"], rules: [ofProof(checkClaims)] },
      { name: "proof rules", needs: ["proof claims"], rules: proofRules.map(ofProof) },
      {
        name: "proof use",
        needs: ["proof key", "proof signature", "proof rules"],
        rules: [
          ofProof((proof) => useOnce(proof.request, proof.text, () => refuseReplay(proof))),
          ofProof(({ claims, request }) =>
            chain(policy.nonces?.age(member(claims, "nonce")), (age) => {
              if (age === "previous") outdated.add(request);
              return undefined;
            }),
          ),
          ofProof(({ text, parsed: { isKeyKnown, key } }) => {
            if (!isKeyKnown) parser.remember(text, key);
            return undefined;
          }),
        ],
        leavesTrace: true,
      },
    ],
    nextNonce: (request) => (policy.nonces && outdated.has(request) ? policy.nonces.current() : undefined),
  };
}

type PresentedRule = (proof: PresentedProof) => ReturnType<ProofRule>;

/** Applies the rule where there is a proof. */
function ofProof(rule: PresentedRule): (journey: ProofJourney) => ReturnType<ProofRule> {
  return ({ proof }) => proof && rule(proof);
}

/**
 * The token is bound to the proof's key (RFC 9449 §4.3 step 12, §7.1). Both thumbprints are public.
 */
const checkKey: PresentedRule = ({ parsed, key }) =>
  parsed.key.thumbprint === key ? undefined : new AuthError("dpop_key_mismatch");

/** The holder of the private key made the proof (RFC 9449 §4.3 step 6). */
const checkSignature: PresentedRule = ({ text, parsed: { key, payloadEnd } }) =>
  chain(verifySignature(text, payloadEnd, key.verify), (isValid) =>
    isValid ? undefined : new AuthError("dpop_signature_invalid"),
  );
