// Logout tokens of the issuer that tests trust, good and broken, and an endpoint over its keys.
import { createGuard, createRevocationList, type GuardOptions, type RevocationList } from "../../src/index.js";
import {
  createLogoutEndpoint,
  type Endpoint,
  type EndpointAnswer,
  type LogoutOptions,
} from "../../src/logout/logout.js";
import { type Clock, createClock, start } from "../support/clock.js";
import { type Forged, forge } from "../support/forge.js";
import { type Claims, ec, issuer, options } from "../support/keys.js";

export const clientId = "app-1";
export const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** Claims of a good logout token. `undefined` removes one. */
export function logoutClaims(changes: Claims = {}): Claims {
  const usual = {
    ...{ iss: issuer, aud: clientId, sub: "user|1", sid: "s1", jti: "logout-1" },
    ...{ iat: start, exp: start + 120, events: { [logoutEvent]: {} } },
  };
  return Object.fromEntries(Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== undefined));
}

/** A logout token that only differs from a good one in what is given. */
export function logoutToken(changes: Claims = {}, forged: Partial<Forged> = {}): string {
  const key = forged.key ?? ec;
  const header = { alg: "ES256", kid: key.kid, typ: "logout+jwt" };
  return forge({ header, payload: logoutClaims(changes), key, ...forged });
}

/** An endpoint with its list of revocations and its clock. */
export interface LogoutBench {
  readonly clock: Clock;
  readonly list: RevocationList;
  readonly endpoint: Endpoint;
  /** A guard that asks the same list. */
  readonly guard: ReturnType<typeof createGuard>;
  post(token: string): Promise<EndpointAnswer>;
}

export function createLogoutBench(changes: Partial<LogoutOptions> = {}, guardChanges: GuardOptions = {}): LogoutBench {
  const clock = createClock();
  const list = createRevocationList({ now: clock.now });
  const guard = createGuard(options({ revocation: list, now: clock.now, ...guardChanges })) as LogoutBench["guard"];
  const endpoint = createLogoutEndpoint(guard, { clientId, revocations: list, ends: "session", ...changes });
  return { clock, list, endpoint, guard, post: (token) => postForm(endpoint, toForm(token)) };
}

export function toForm(token: string): string {
  return new URLSearchParams({ logout_token: token }).toString();
}

export const formHeaders = { "content-type": "application/x-www-form-urlencoded" } as const;

/** Sends a body to an endpoint, without any framework. */
export function postForm(
  endpoint: Endpoint,
  text: string,
  { method = "POST", headers = formHeaders }: { method?: string; headers?: Record<string, string> } = {},
): Promise<EndpointAnswer> {
  return endpoint.handle({
    guardRequest: { method, url: "/backchannel-logout", headers },
    readBody: async (maxBytes) => (text.length > maxBytes ? { problem: "too_large" } : { text }),
  });
}

/** What the answer says was wrong: `done`, or the reason in its description. */
export function verdictOf({ status, body }: EndpointAnswer): string {
  if (status === 200) return "done";
  const { error, error_description } = JSON.parse(body ?? "{}");
  return /: (.+)$/.exec(error_description)?.[1] ?? error;
}
