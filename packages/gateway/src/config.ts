// What one gateway works with: from a rules file, flags and defaults. Checked completely before
// anything listens.
import { readFileSync } from "node:fs";
import { createGuard, type Guard } from "gatewarden";
import { canReceiveEvents, createEndpoints, type Endpoints } from "./events/endpoints.js";
import type { EventReport } from "./events/parts.js";
import { type GuardSources, toGuardOptions } from "./guard-options.js";
import { type IdentityNames, requireIdentityNames } from "./identity/names.js";
import { type ListenAddress, requireAddress } from "./listen-address.js";
import { type ProxyName, proxyKinds } from "./proxy/kinds.js";
import { parseRules, type RulesFile } from "./rules/parse-rules.js";
import { parsePattern } from "./rules/pattern.js";
import type { Rule } from "./rules/rule.js";
import type { FileData, TokenData } from "./rules/schema.js";
import { type Cors, requireCors } from "./server/cors.js";
import type { CredentialPlaces } from "./server/credentials.js";
import { toAddressList } from "./server/door.js";
import { type RedisSettings, requireRedis } from "./state/redis-settings.js";
import { createMemoryState, type SharedState } from "./state/shared-state.js";

/** How much is allowed of a connection, a request and an address. */
export interface Limits {
  readonly headerBytes: number;
  readonly headersTimeout: number;
  readonly idleTimeout: number;
  readonly connections: number;
  readonly drainTimeout: number;
  readonly failures: { readonly count: number; readonly per: number; readonly addresses: number } | undefined;
}

/** Everything that may change while the gateway runs. */
export interface Policy {
  readonly proxy: ProxyName;
  readonly prefix: string;
  readonly preflight: "pass" | "check";
  readonly log: "all" | "refusals" | "off";
  readonly rules: readonly Rule[];
  readonly guard: Guard<unknown>;
  /** Equal for guards with equal options. */
  readonly guardKey: string;
  /** Where a request may carry a token. */
  readonly credentials: CredentialPlaces;
  readonly identity: IdentityNames;
  readonly cors: Cors | undefined;
  readonly token: TokenData | undefined;
  /** Where providers report that access ends, and operators end it. */
  readonly endpoints: Endpoints;
}

/** What is fixed once the gateway listens. */
export interface Settings {
  readonly listen: ListenAddress;
  readonly admin: ListenAddress | undefined;
  /** Where providers report; undefined where the file has no section for it. */
  readonly events: ListenAddress | undefined;
  readonly redis: RedisSettings | undefined;
  readonly from: readonly string[];
  readonly limits: Limits;
}

/** What the command line may say instead of the file. */
export interface Overrides {
  readonly proxy?: ProxyName | undefined;
  readonly listen?: string | undefined;
  readonly admin?: string | undefined;
  readonly events?: string | undefined;
  /** Processes over one port. Default 1. */
  readonly workers?: number | undefined;
}

/** Configuration from outside the file. */
export interface ConfigSources extends GuardSources {
  readonly overrides?: Overrides | undefined;
  /** What is in use now, when the file is read again. */
  readonly present?: Policy | undefined;
}

/** As above, with what is open already. */
export interface LoadSources extends ConfigSources {
  /** Default: in memory, new, for a file that is only checked. */
  readonly state?: SharedState | undefined;
  /** Hears what providers report. */
  readonly report?: EventReport | undefined;
}

/** A whole configuration. */
export interface GatewayConfig {
  readonly policy: Policy;
  readonly settings: Settings;
}

/** Without a file: a valid token is needed for everything. */
const noFile: RulesFile = {
  data: { rules: [{ path: "/**", authenticated: true }] },
  rules: [
    {
      name: "default",
      place: { line: 1, column: 1 },
      methods: undefined,
      hosts: undefined,
      pattern: parsePattern("/**"),
      access: { kind: "token", need: [] },
      accessKey: "default",
    },
  ],
};

/** Throws `RulesError` for the file, `ConfigError` or `TypeError` for the rest. */
export function loadConfig(path: string | undefined, sources: LoadSources = {}): GatewayConfig {
  const file = path === undefined ? noFile : parseRules(readFileSync(path, "utf8"));
  return toConfig(file, sources);
}

/** As above, for a file that was read. */
export function toConfig({ data, rules }: RulesFile, sources: LoadSources = {}): GatewayConfig {
  const {
    overrides = {},
    env = process.env,
    state = createMemoryState({ canRevoke: canReceiveEvents(data) }),
  } = sources;
  const proxy = overrides.proxy ?? data.proxy;
  if (sources.present !== undefined && sources.present.proxy !== proxy)
    throw new TypeError('"proxy" changed, which needs a restart');
  if (proxy === undefined)
    throw new TypeError(
      `The proxy is not named: write "proxy: nginx" in the rules file, or --proxy. There are ${Object.keys(proxyKinds).join(", ")}`,
    );
  requireSharable(data, overrides.workers ?? 1);
  const admin = overrides.admin ?? data.admin ?? "127.0.0.1:4181";
  const guard = toGuard(data.guard, { ...sources, state });
  const credentials = toCredentialPlaces(data.guard);
  return {
    policy: {
      proxy,
      prefix: requirePrefix(data.prefix),
      preflight: data.preflight ?? "pass",
      log: data.log ?? "all",
      rules,
      ...guard,
      credentials,
      identity: requireIdentityNames(data.identity),
      cors: requireCors(data.cors),
      token: data.identity?.token,
      endpoints: toEndpoints(data, { ...guard, ...sources, env, state, tokenHeader: credentials.header }),
    },
    settings: {
      listen: requireAddress("listen", overrides.listen ?? data.listen ?? "127.0.0.1:4180"),
      admin: admin === false || admin === "off" ? undefined : requireAddress("admin", admin),
      events: toEvents(data, overrides.events),
      redis: requireRedis(data.redis, env),
      from: requireFrom(data.from),
      limits: toLimits(data.limits, overrides.workers ?? 1),
    },
  };
}

/**
 * A guard whose options did not change is used again: with the keys that it has loaded, and the
 * proofs that it has seen.
 */
function toGuard(
  data: FileData["guard"],
  sources: ConfigSources & { readonly state: SharedState },
): Pick<Policy, "guard" | "guardKey"> {
  const guardKey = JSON.stringify(data ?? {});
  const { present } = sources;
  if (present?.guardKey === guardKey) return { guard: present.guard, guardKey };
  return { guardKey, guard: createGuard(toGuardOptions(data, sources)) as Guard<unknown> };
}

interface EndpointSources extends Pick<LoadSources, "report"> {
  readonly guard: Guard<unknown>;
  readonly env: NonNullable<LoadSources["env"]>;
  readonly state: SharedState;
  readonly tokenHeader: string | undefined;
}

/** None where nothing can be revoked: a section that was added needs a restart. */
function toEndpoints(
  data: FileData,
  { state: { revocations }, report = () => undefined, ...parts }: EndpointSources,
): Endpoints {
  return revocations === undefined ? new Map() : createEndpoints(data, { ...parts, revocations, report });
}

function toEvents(data: FileData, override: string | undefined): ListenAddress | undefined {
  if (canReceiveEvents(data)) return requireAddress("events", override ?? data.events ?? "127.0.0.1:4182");
  if (data.events === undefined) return undefined;
  throw new TypeError('"events" is where "logout", "signals" and "cutOff" are received, and the file has none of them');
}

/** The guard has checked the option itself. */
function toCredentialPlaces(guard: FileData["guard"]): CredentialPlaces {
  const tokenFrom = (guard?.["tokenFrom"] ?? {}) as { readonly header?: unknown; readonly cookie?: unknown };
  const { header, cookie } = tokenFrom;
  return {
    header: typeof header === "string" ? header.toLowerCase() : undefined,
    cookie: typeof cookie === "string" ? cookie : undefined,
  };
}

function requireFrom(from: readonly string[] = ["127.0.0.1", "::1"]): readonly string[] {
  toAddressList(from);
  return from;
}

function requirePrefix(prefix = "/authorize"): string {
  if (/^(?:\/[a-z0-9_-]+)+$/i.test(prefix) && !prefix.startsWith("/.well-known")) return prefix;
  throw new TypeError('"prefix" must be a plain path such as /authorize');
}

/**
 * What one process keeps to itself must not differ between several: each would accept a proof once
 * (RFC 9449 §11.1), a logout would reach one of them, and upstreams would not find the key of the
 * other's token.
 */
function requireSharable({ guard, identity, redis, ...data }: FileData, workers: number): void {
  if (workers === 1) return;
  const { mode = "off" } = (guard?.["dpop"] ?? {}) as { readonly mode?: unknown };
  if (mode !== "off" && redis === undefined)
    throw new TypeError(
      '"guard.dpop" works with one process only, or with "redis": proofs that were used are kept in its memory',
    );
  if (canReceiveEvents(data) && redis === undefined)
    throw new TypeError(
      '"logout", "signals" and "cutOff" of several processes need "redis": what they revoke is for all of them',
    );
  if (identity?.token !== undefined && identity.token.keys === undefined)
    throw new TypeError('"identity.token" of several processes needs "keys", a file that they share');
}

/** The budget of failures is shared out: connections of a client go to all processes. */
function toLimits(given: FileData["limits"], workers: number): Limits {
  const failures = given?.failures;
  return {
    headerBytes: given?.headerBytes ?? 16_384,
    headersTimeout: given?.headersTimeout ?? 10,
    idleTimeout: given?.idleTimeout ?? 75,
    connections: given?.connections ?? 10_000,
    drainTimeout: given?.drainTimeout ?? 25,
    failures:
      failures === false
        ? undefined
        : {
            count: Math.ceil((failures?.count ?? 100) / workers),
            per: failures?.per ?? 60,
            addresses: failures?.addresses ?? 10_000,
          },
  };
}
