// A guard that discovers its keys from an issuer on a real socket, under a clock that the test moves.
import type { GuardOptions } from "../../src/index.js";
import { createGuard, type Guard } from "../../src/index.js";
import { type Clock, createClock } from "./clock.js";
import { createKey, forge, type TestKey } from "./forge.js";
import { type IssuerServer, startIssuer } from "./issuer-server.js";
import { audience, type Claims } from "./keys.js";

export interface Remote {
  readonly server: IssuerServer;
  readonly clock: Clock;
  readonly guard: Guard<unknown>;
  /** Published at first. */
  readonly key: TestKey;
  /** A token of the issuer that outlives every test. */
  token(key?: TestKey, claims?: Claims): string;
  /** Another guard for the same issuer and clock. */
  another(options?: GuardOptions): Guard<unknown>;
}

const key = createKey("ES256", "first");
export const second: TestKey = createKey("ES256", "second");

export async function startRemote(options: GuardOptions = {}): Promise<Remote> {
  const server = await startIssuer();
  server.publish([key.jwk]);
  const clock = createClock();
  const another = (changes: GuardOptions = {}): Guard<unknown> =>
    createGuard({ issuer: server.issuer, audience, now: clock.now, env: {}, ...options, ...changes });
  return {
    server,
    clock,
    key,
    guard: another(),
    another,
    token: (signer = key, claims = {}) =>
      forge({
        header: { alg: "ES256", kid: signer.kid },
        payload: { iss: server.issuer, aud: audience, sub: "user|1", exp: clock.now() + 10_000_000, ...claims },
        key: signer,
      }),
  };
}
