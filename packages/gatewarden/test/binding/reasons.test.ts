// Every reason about bound tokens, produced by a request on the real road, with all that goes over the wire.
import { describe, expect, test } from "vitest";
import { AuthError, type BindingReason, catalogue, type GuardOptions, type GuardRequest } from "../../src/index.js";
import { bindingReasons } from "../../src/reasons.js";
import {
  createSender,
  guardWith,
  issue,
  type ProofChanges,
  prove,
  proven,
  requestWith,
  time,
} from "../support/senders.js";

interface Row {
  readonly request: GuardRequest;
  /** `invalid_dpop_proof` (401) unless it says otherwise. */
  readonly error?: string;
  readonly status?: number;
  readonly options?: GuardOptions;
}

// Whatever the client says carries this mark, so that any of it would be noticed in an answer.
const mark = "MARKED";
const sender = await createSender();
const token = await issue({ sub: mark, cnf: { jkt: sender.jkt } });
const plain = await issue({ sub: mark });
const certified = await issue({ sub: mark, cnf: { "x5t#S256": "A".repeat(43) } });
const withProof = (changes?: ProofChanges): Row => ({ request: proven(token, prove(sender, token, changes)) });
const withHeader = (header: Record<string, unknown>): Row => withProof({ header });
const withClaims = (claims: Record<string, unknown>): Row => withProof({ claims });
const bearer = (text: string, headers = {}): GuardRequest =>
  requestWith({ authorization: `Bearer ${text}`, ...headers });
const token401 = { error: "invalid_token" } as const;
const mtls: GuardOptions = { mtls: { mode: "allowed", certificate: { format: "envoy" } }, trustProxy: true };
const failing = { add: () => Promise.reject(new Error(mark)) };
const used = { add: () => false };

const rows: Readonly<Record<BindingReason, Row>> = {
  binding_unproven: { request: bearer(token), ...token401 },
  binding_missing: { request: bearer(plain), ...token401, options: { dpop: { mode: "required" } } },
  dpop_token_unbound: { request: proven(plain, mark), ...token401 },
  dpop_proof_missing: { request: proven(token) },
  dpop_proof_multiple: { request: proven(token, [mark, mark]) },
  dpop_proof_malformed: { request: proven(token, `${mark}.${mark}.${mark}`) },
  dpop_extension_unsupported: withHeader({ crit: [mark] }),
  dpop_type_not_allowed: withHeader({ typ: mark }),
  dpop_algorithm_not_allowed: withHeader({ alg: mark }),
  dpop_key_unusable: withHeader({ jwk: { kty: mark } }),
  dpop_signature_invalid: withProof({ signer: await createSender() }),
  dpop_claim_invalid: withClaims({ jti: [mark] }),
  dpop_method_mismatch: withClaims({ htm: mark }),
  dpop_target_mismatch: withClaims({ htu: `https://${mark}.example` }),
  dpop_stale: withClaims({ iat: time - 999 }),
  dpop_issued_in_future: withClaims({ iat: time + 999 }),
  dpop_token_mismatch: withClaims({ ath: mark }),
  dpop_key_mismatch: { request: proven(token, prove(await createSender(), token)), ...token401 },
  dpop_nonce_required: {
    ...withClaims({ nonce: mark }),
    error: "use_dpop_nonce",
    options: { dpop: { mode: "allowed", nonce: true } },
  },
  dpop_replayed: { ...withProof(), options: { dpop: { mode: "allowed", replay: used } } },
  replay_store_unavailable: {
    ...withProof(),
    error: "temporarily_unavailable",
    status: 503,
    options: { dpop: { mode: "allowed", replay: failing } },
  },
  target_unknown: {
    request: proven(token, prove(sender, token), { url: mark }),
    error: "invalid_request",
    status: 400,
  },
  certificate_missing: { request: bearer(certified), ...token401, options: mtls },
  certificate_malformed: {
    request: bearer(certified, { "x-forwarded-client-cert": mark }),
    ...token401,
    options: mtls,
  },
  certificate_mismatch: {
    request: bearer(certified, { "x-forwarded-client-cert": `By=${mark};Hash=${"f".repeat(64)}` }),
    ...token401,
    options: mtls,
  },
};

describe("The reason", () => {
  test.each(Object.entries(rows) as [BindingReason, Row][])(
    "%s is answered as the catalogue says",
    async (reason, row) => {
      const guard = guardWith(row.options);
      const error = await guard.attempt(row.request);
      if (!(error instanceof AuthError)) throw new Error("It was accepted");
      const { status, headers, body } = guard.refusal(error);
      const { error: code = "invalid_dpop_proof", status: expected = 401 } = row;
      expect([error.reason, status, body.error]).toEqual([reason, expected, code]);
      expect(body.error_description).toBe(catalogue[reason].description);

      const scheme = String((row.request.headers as Record<string, unknown>)["authorization"]).split(" ")[0];
      const carrier = row.options?.dpop?.mode === "required" ? "DPoP" : scheme;
      const challenges = [headers["www-authenticate"] ?? []].flat().filter((one) => one.includes("error="));
      expect(challenges).toEqual(
        status === 503 ? [] : [expect.stringContaining(`${carrier} realm="api", error="${code}"`)],
      );
      expect(headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
      expect(JSON.stringify([error.message, status, headers, body, error])).not.toContain(mark);
    },
  );

  test("has a row here whenever it is in the catalogue", () => {
    expect(Object.keys(rows).sort()).toEqual(Object.keys(bindingReasons).sort());
  });
});
