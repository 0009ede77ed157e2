// Security event tokens of the issuer that tests trust, good and broken, and a receiver for them.
import { createGuard, createRevocationList, type GuardOptions, type RevocationList } from "../../src/index.js";
import type { EndpointAnswer } from "../../src/logout/logout.js";
import {
  createSignalsReceiver,
  type SignalReport,
  type SignalsOptions,
  type SignalsReceiver,
} from "../../src/signals/signals.js";
import { type Clock, createClock, start } from "../support/clock.js";
import { type Forged, forge } from "../support/forge.js";
import { type Claims, ec, issuer, options } from "../support/keys.js";

export const receiverAudience = "https://api.test/signals";
export const caep = "https://schemas.openid.net/secevent/caep/event-type/";
export const risc = "https://schemas.openid.net/secevent/risc/event-type/";
export const verification = "https://schemas.openid.net/secevent/ssf/event-type/verification";
export const sessionRevoked = `${caep}session-revoked`;

/** Claims of a good token. `undefined` removes one. */
export function setClaims(changes: Claims = {}): Claims {
  const usual = {
    ...{ iss: issuer, aud: receiverAudience, jti: "set-1", iat: start, txn: "8675309" },
    sub_id: { format: "iss_sub", iss: issuer, sub: "user|1" },
    events: { [sessionRevoked]: { event_timestamp: start - 1 } },
  };
  return Object.fromEntries(Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== undefined));
}

/** A token that only differs from a good one in what is given. */
export function setToken(changes: Claims = {}, forged: Partial<Forged> = {}): string {
  const key = forged.key ?? ec;
  const header = { alg: "ES256", kid: key.kid, typ: "secevent+jwt" };
  return forge({ header, payload: setClaims(changes), key, ...forged });
}

/** A receiver with its list of revocations, its clock and what it reported. */
export interface SignalBench {
  readonly clock: Clock;
  readonly list: RevocationList;
  readonly guard: ReturnType<typeof createGuard<unknown>>;
  readonly receiver: SignalsReceiver;
  readonly reports: SignalReport[];
  push(token: string, headers?: Record<string, string>): Promise<EndpointAnswer>;
}

export function createSignalBench(changes: Partial<SignalsOptions> = {}, guardChanges: GuardOptions = {}): SignalBench {
  const clock = createClock();
  const list = createRevocationList({ now: clock.now });
  const guard = createGuard(options({ revocation: list, now: clock.now, ...guardChanges }));
  const reports: SignalReport[] = [];
  const onSignal = (report: SignalReport) => reports.push(report);
  const receiver = createSignalsReceiver(guard, {
    audience: receiverAudience,
    revocations: list,
    onSignal,
    ...changes,
  });
  return {
    ...{ clock, list, guard, receiver, reports },
    push: (token, headers = {}) =>
      receiver.push.handle({
        guardRequest: { method: "POST", url: "/", headers: { "content-type": "application/secevent+jwt", ...headers } },
        readBody: async (maxBytes) => (token.length > maxBytes ? { problem: "too_large" } : { text: token }),
      }),
  };
}

/** What the answer says: `done`, or code, reason and claim. */
export function verdictOf({ status, body }: EndpointAnswer): string {
  if (status === 202) return "done";
  if (body === undefined) return String(status);
  const { err, description } = JSON.parse(body);
  return `${err}: ${/: (.+)$/.exec(description)?.[1] ?? ""}`;
}
