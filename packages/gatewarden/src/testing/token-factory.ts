// Signs the tokens of one issuer. Equal options return the same token while it is almost as fresh
// as a new one.

import type { KeyRing } from "./key-ring.js";
import { type Members, requireCrypto, type SigningKey, toJws } from "./signing-key.js";
import type { TestClock } from "./test-clock.js";
import {
  requireTokenOptions,
  type TestTokenOptions,
  type TokenMoment,
  type TokenShape,
  toClaims,
  toHeader,
  usualLife,
  withoutUndefined,
} from "./token-options.js";

/** Deliberate faults of a token. They override all its options. */
export interface Forgery {
  readonly claims?: Members;
  readonly header?: Members;
  /** The signer. Default: the issuer's current key, which the header always names. */
  readonly signer?: Pick<SigningKey, "sign">;
}

/** Creates tokens. */
export interface TokenFactory {
  readonly shape: TokenShape;
  readonly clock: TestClock;
  readonly keys: KeyRing;
  /** A valid token, unless the options say otherwise. `confirmation` is its `cnf`. */
  token(options?: TestTokenOptions, confirmation?: Members): string;
  /** A broken token, created anew each time. */
  forge(options: TestTokenOptions, forgery: Forgery): string;
  /** The claims of a token with these options. */
  claims(options: TestTokenOptions): Members;
}

interface Made {
  readonly token: string;
  readonly since: number;
  readonly until: number;
}

const maxRemembered = 1000;

/** Creates a factory for one issuer. */
export function createTokenFactory(settings: Pick<TokenFactory, "shape" | "clock" | "keys">): TokenFactory {
  const { shape, clock, keys } = settings;
  const made = new Map<string, Made>();
  const moment = (): TokenMoment => ({ now: Math.floor(clock.now()), jti: requireCrypto().randomUUID() });
  const header = (options: TestTokenOptions): Members =>
    toHeader(options, shape, { alg: keys.current.algorithm, kid: keys.current.kid });
  return {
    ...settings,
    token(given = {}, confirmation) {
      requireTokenOptions(given);
      const options = confirmation ? { ...given, claims: { cnf: confirmation, ...given.claims } } : given;
      const name = JSON.stringify([header(options), toClaims(options, shape, noMoment), clock.offset]);
      const known = made.get(name);
      const now = clock.now();
      if (known && now >= known.since && now < known.until) return known.token;
      const token = toJws(header(options), toClaims(options, shape, moment()), keys.current);
      if (made.size >= maxRemembered) made.clear();
      // After a hundredth of its lifetime, a test could distinguish it from a new one.
      made.set(name, { token, since: now, until: now + (options.expiresIn ?? usualLife) / 100 });
      return token;
    },
    forge(options, { claims, header: parameters, signer = keys.current }) {
      requireTokenOptions(options);
      const payload = { ...toClaims(options, shape, moment()), ...claims };
      return toJws(withoutUndefined({ ...header(options), ...parameters }), withoutUndefined(payload), signer);
    },
    claims(options) {
      requireTokenOptions(options);
      return toClaims(options, shape, moment());
    },
  };
}

/** A fixed moment, for comparing tokens by their options. */
const noMoment: TokenMoment = { now: 0, jti: "" };
