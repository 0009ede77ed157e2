// Requests with a bound token that a guard must refuse, one per reason that a DPoP proof or its
// request can cause.
import type { BrokenProofReason, BrokenRequest } from "./broken-reasons.js";
import type { ProofForgery, ProvenRequest } from "./proof-options.js";
import { createSigningKey, type Members, type SigningKey } from "./signing-key.js";
import type { TokenFactory } from "./token-factory.js";
import { type TestTokenOptions, usualLife } from "./token-options.js";

/** By reason: creates a request that is refused for it. The options describe its token. */
export type BrokenProofs = {
  readonly [Name in BrokenProofReason]: (request: ProvenRequest, options?: TestTokenOptions) => BrokenRequest<Name>;
};

/** The client whose proofs are broken. */
export interface BrokenClient {
  readonly factory: TokenFactory;
  readonly key: SigningKey;
  /** A token bound to the client's key. */
  token(options?: TestTokenOptions): string;
  prove(request: ProvenRequest, token: string, forgery?: ProofForgery): string;
}

interface ProofMaterials extends BrokenClient {
  readonly request: ProvenRequest;
  readonly options: TestTokenOptions;
  /** A bound token with these options. */
  readonly bound: string;
  /** Whole seconds since 1970. */
  readonly now: number;
}

type MakeBrokenProof = (request: ProvenRequest, options?: TestTokenOptions) => BrokenRequest;

/** Returns what differs from valid headers. Undefined removes a header. */
type ProofBreak = (materials: ProofMaterials) => Readonly<Record<string, string | undefined>>;

/** Longer than any proof's maximum age plus clock tolerance. */
const long = usualLife;

const proofBreaks: Readonly<Record<BrokenProofReason, ProofBreak>> = {
  dpop_token_unbound: ({ factory, options, request, prove }) => {
    const unbound = factory.forge(options, { claims: { cnf: undefined } });
    return { authorization: `DPoP ${unbound}`, dpop: prove(request, unbound) };
  },
  dpop_proof_missing: () => ({ dpop: undefined }),
  dpop_proof_multiple: ({ request, bound, prove }) => ({
    dpop: `${prove(request, bound)}, ${prove(request, bound)}`,
  }),
  dpop_proof_malformed: ({ request, bound, prove }) => ({
    dpop: prove(request, bound).replace(/\.([^.]+)\./, (_, payload: string) => `.${payload.slice(0, -9)}.`),
  }),
  dpop_extension_unsupported: forgeProof({ header: { crit: ["urn:test:extension"], "urn:test:extension": true } }),
  dpop_type_not_allowed: forgeProof({ header: { typ: "JWT" } }),
  dpop_algorithm_not_allowed: forgeProof({ header: { alg: "none" }, signer: { sign: () => "" } }),
  // The private key published with the proof (RFC 9449 §4.3 step 7).
  dpop_key_unusable: forgeProof(({ key }) => ({ header: { jwk: key.secret.export({ format: "jwk" }) as Members } })),
  dpop_signature_invalid: forgeProof(({ key }) => ({ signer: createSigningKey(key.algorithm) })),
  dpop_claim_invalid: forgeProof({ claims: { jti: undefined } }),
  dpop_method_mismatch: forgeProof(({ request }) => ({
    claims: { htm: request.method === "DELETE" ? "GET" : "DELETE" },
  })),
  dpop_target_mismatch: forgeProof({ claims: { htu: "https://elsewhere.test/" } }),
  dpop_stale: forgeProof(({ now }) => ({ claims: { iat: now - long } })),
  dpop_issued_in_future: forgeProof(({ now }) => ({ claims: { iat: now + long } })),
  dpop_token_mismatch: ({ request, options, factory, bound, prove }) => ({
    authorization: `DPoP ${bound}`,
    dpop: prove(request, factory.token(options)),
  }),
  // A valid proof of another client's key.
  dpop_key_mismatch: forgeProof(() => {
    const thief = createSigningKey("ES256");
    return { header: { alg: "ES256", jwk: { ...thief.jwk } }, signer: thief };
  }),
  dpop_nonce_required: forgeProof({ claims: { nonce: undefined } }),
  // Refused when it is sent a second time.
  dpop_replayed: forgeProof({}),
  target_unknown: () => ({ host: "elsewhere.test/" }),
};

/** Creates all of them for one client. */
export function createBrokenProofs(client: BrokenClient): BrokenProofs {
  const toRequest = (reason: BrokenProofReason, request: ProvenRequest, options: TestTokenOptions): BrokenRequest => {
    const bound = client.token(options);
    const good = { authorization: `DPoP ${bound}`, dpop: client.prove(request, bound) };
    const now = Math.floor(client.factory.clock.now());
    const headers = { ...good, ...proofBreaks[reason]({ ...client, request, options, bound, now }) };
    const sent = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return { reason, token: headers.authorization.slice("DPoP ".length), headers: Object.fromEntries(sent) };
  };
  const reasons = Object.keys(proofBreaks) as BrokenProofReason[];
  const entries = reasons.map((reason): [string, MakeBrokenProof] => [
    reason,
    (request, options = {}) => toRequest(reason, request, options),
  ]);
  // Each entry returns the request of its own reason, which the type of `Object.fromEntries` cannot
  // express.
  return Object.fromEntries(entries) as BrokenProofs;
}

function forgeProof(forgery: ProofForgery | ((materials: ProofMaterials) => ProofForgery)): ProofBreak {
  return (materials) => {
    const { request, bound, prove } = materials;
    return { dpop: prove(request, bound, typeof forgery === "function" ? forgery(materials) : forgery) };
  };
}
