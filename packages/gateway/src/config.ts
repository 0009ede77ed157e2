// What one gateway works with: from a rules file, flags and defaults. Checked completely before
// anything listens.
import { readFileSync } from "node:fs";
import { createGuard, type Guard } from "gatewarden";
import { type GuardSources, toGuardOptions } from "./guard-options.js";
import { type IdentityNames, requireIdentityNames } from "./identity/names.js";
import { type ListenAddress, requireAddress } from "./listen-address.js";
import { type ProxyName, proxyKinds } from "./proxy/kinds.js";
import { parseRules, type RulesFile } from "./rules/parse-rules.js";
import { parsePattern } from "./rules/pattern.js";
import type { Rule } from "./rules/rule.js";
import type { FileData, TokenData } from "./rules/schema.js";
import { type Cors, requireCors } from "./server/cors.js";
import { toAddressList } from "./server/door.js";

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
  /** The headers in which a request may carry a token, in lower case. */
  readonly credentialNames: readonly string[];
  readonly identity: IdentityNames;
  readonly cors: Cors | undefined;
  readonly token: TokenData | undefined;
}

/** What is fixed once the gateway listens. */
export interface Settings {
  readonly listen: ListenAddress;
  readonly admin: ListenAddress | undefined;
  readonly from: readonly string[];
  readonly limits: Limits;
}

/** What the command line may say instead of the file. */
export interface Overrides {
  readonly proxy?: ProxyName | undefined;
  readonly listen?: string | undefined;
  readonly admin?: string | undefined;
  /** Processes over one port. Default 1. */
  readonly workers?: number | undefined;
}

/** Configuration from outside the file. */
export interface ConfigSources extends GuardSources {
  readonly overrides?: Overrides | undefined;
  /** What is in use now, when the file is read again. */
  readonly present?: Policy | undefined;
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
export function loadConfig(path: string | undefined, sources: ConfigSources = {}): GatewayConfig {
  const file = path === undefined ? noFile : parseRules(readFileSync(path, "utf8"));
  return toConfig(file, sources);
}

/** As above, for a file that was read. */
export function toConfig({ data, rules }: RulesFile, sources: ConfigSources = {}): GatewayConfig {
  const { overrides = {} } = sources;
  const proxy = overrides.proxy ?? data.proxy;
  if (sources.present !== undefined && sources.present.proxy !== proxy)
    throw new TypeError('"proxy" changed, which needs a restart');
  if (proxy === undefined)
    throw new TypeError(
      `The proxy is not named: write "proxy: nginx" in the rules file, or --proxy. There are ${Object.keys(proxyKinds).join(", ")}`,
    );
  requireSharable(data, overrides.workers ?? 1);
  const admin = overrides.admin ?? data.admin ?? "127.0.0.1:4181";
  return {
    policy: {
      proxy,
      prefix: requirePrefix(data.prefix),
      preflight: data.preflight ?? "pass",
      log: data.log ?? "all",
      rules,
      ...toGuard(data.guard, sources),
      credentialNames: toCredentialNames(data.guard),
      identity: requireIdentityNames(data.identity),
      cors: requireCors(data.cors),
      token: data.identity?.token,
    },
    settings: {
      listen: requireAddress("listen", overrides.listen ?? data.listen ?? "127.0.0.1:4180"),
      admin: admin === false || admin === "off" ? undefined : requireAddress("admin", admin),
      from: requireFrom(data.from),
      limits: toLimits(data.limits, overrides.workers ?? 1),
    },
  };
}

/**
 * A guard whose options did not change is used again: with the keys that it has loaded, and the
 * proofs that it has seen.
 */
function toGuard(data: FileData["guard"], sources: ConfigSources): Pick<Policy, "guard" | "guardKey"> {
  const guardKey = JSON.stringify(data ?? {});
  const { present } = sources;
  if (present?.guardKey === guardKey) return { guard: present.guard, guardKey };
  return { guardKey, guard: createGuard(toGuardOptions(data, sources)) as Guard<unknown> };
}

/** The guard has checked the option itself. */
function toCredentialNames(guard: FileData["guard"]): readonly string[] {
  const tokenFrom = (guard?.["tokenFrom"] ?? {}) as { readonly header?: unknown; readonly cookie?: unknown };
  const { header, cookie } = tokenFrom;
  const other = typeof header === "string" ? [header.toLowerCase()] : cookie === undefined ? [] : ["cookie"];
  return ["authorization", ...other];
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
 * (RFC 9449 §11.1), and upstreams would not find the key of the other's token.
 */
function requireSharable({ guard, identity }: FileData, workers: number): void {
  if (workers === 1) return;
  const { mode = "off" } = (guard?.["dpop"] ?? {}) as { readonly mode?: unknown };
  if (mode !== "off")
    throw new TypeError('"guard.dpop" works with one process only: proofs that were used are kept in its memory');
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
