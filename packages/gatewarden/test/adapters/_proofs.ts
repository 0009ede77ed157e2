// A client with a key, its token from the local tenant, and a guard whose clock can be moved into the next window of nonces.
import type { Tenant } from "@gatewarden/dev";
import { generateKeyPair, generateProof } from "dpop";
import type { GuardOptions } from "../../src/index.js";
import { requestToken } from "../support/bound-tokens.js";

/** A client of an API that wants nonces. */
export interface NonceClient {
  /** What the API's guard is made with. */
  readonly options: GuardOptions;
  /** Lets the nonces given so far grow old. */
  turn(): void;
  /** The headers of a request. */
  prove(method: string, url: string, nonce?: string | null): Promise<{ authorization: string; dpop: string }>;
}

/** Makes it. */
export async function createNonceClient(tenant: Tenant): Promise<NonceClient> {
  const keys = await generateKeyPair("ES256");
  const token = await requestToken(tenant, keys);
  let time = Date.now() / 1000;
  const nonce = { secret: "0123456789abcdef0123456789abcdef", lifetime: 10 };
  return {
    options: {
      issuer: tenant.issuer,
      audience: tenant.audience,
      env: {},
      dpop: { mode: "allowed", nonce },
      now: () => time,
    },
    turn: () => {
      time += nonce.lifetime;
    },
    prove: async (method, url, known) => ({
      authorization: `DPoP ${token}`,
      dpop: await generateProof(keys, url, method, known ?? undefined, token),
    }),
  };
}
