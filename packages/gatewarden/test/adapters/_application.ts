// The application that every adapter's test file builds in its framework.
import {
  any,
  claim,
  type Guard,
  organization,
  permission,
  type Reason,
  type Requirement,
  role,
  scope,
  stepUp,
} from "../../src/index.js";
import type { Listening, TlsTerms } from "../support/listen.js";

/** What a route needs, as the rest arguments of `protect(guard, …)`. */
export type RouteNeed =
  | readonly []
  | readonly [Requirement | { readonly optional: true; readonly requirement?: Requirement }];

/** A route's need as options, for `protect` functions whose options take a hook besides. */
export function toOptions([need]: RouteNeed): { readonly optional?: true; readonly requirement?: Requirement } {
  if (need === undefined) return {};
  return "optional" in need ? need : { requirement: need };
}

/** One route of the application under test. Its handler answers `answerOf(auth, body)` as JSON. */
export interface Route {
  readonly method: "GET" | "POST" | "OPTIONS";
  readonly path: string;
  readonly need: RouteNeed;
}

/** The routes that every application mounts. `POST /private` reads the request's body and answers with its length. */
export const routes: readonly Route[] = [
  { method: "GET", path: "/private", need: [] },
  { method: "POST", path: "/private", need: [] },
  { method: "OPTIONS", path: "/private", need: [] },
  { method: "GET", path: "/permission", need: [permission("read:admin")] },
  { method: "GET", path: "/scope", need: [scope("read:messages")] },
  { method: "GET", path: "/role", need: [role("editor")] },
  { method: "GET", path: "/claim", need: [claim("email_verified", true)] },
  { method: "GET", path: "/organization", need: [organization("org_acme")] },
  { method: "GET", path: "/step-up", need: [stepUp({ acrValues: ["silver", "gold"], maxAge: 300 })] },
  { method: "GET", path: "/any", need: [any(permission("write:admin"), scope("openid"))] },
  { method: "GET", path: "/optional", need: [{ optional: true }] },
  { method: "GET", path: "/optional-permission", need: [{ optional: true, requirement: permission("read:admin") }] },
  // Before its check, the application sets `earlierChallenge` and `earlierExposed`.
  { method: "GET", path: "/earlier-challenge", need: [] },
  // Before its check, the application makes another one, as for all that is under a path.
  { method: "GET", path: "/twice", need: [] },
];

/** The challenge that the application sets itself before the check of `/earlier-challenge`. */
export const earlierChallenge = 'Basic realm="old"';

/** What the application's CORS exposes itself before that check, as its `access-control-expose-headers`. */
export const earlierExposed = "X-Total";

/** What handlers answer. */
export function answerOf(auth: { readonly subject: string | undefined } | undefined, body?: string): object {
  return { user: auth?.subject ?? null, ...(body !== undefined && { length: body.length }) };
}

/** What an application is made with. */
export interface Setting {
  readonly guard: Guard;
  /** The application's own error hook answers refusals with `{ problem: reason }`. */
  readonly reshape: boolean;
  /** Listens with TLS, and asks clients for a certificate. */
  readonly tls?: TlsTerms | undefined;
}

/** One adapter. */
export interface Adapter {
  readonly start: (setting: Setting) => Promise<Listening>;
  /** The body of a refusal, where the framework's convention is another than the guard's own. */
  readonly body?: (reason: Reason) => object;
  /** What `POST` answers where the framework does not say 200. */
  readonly postStatus?: number;
  /** What this framework cannot do at all, with why. */
  readonly cannot?: {
    readonly setEarlierChallenge?: string;
    readonly checkBeforeBody?: string;
    readonly checkTwice?: string;
    readonly readCertificate?: string;
    readonly readDuplicates?: string;
  };
}
