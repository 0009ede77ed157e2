// What one gateway works with: from a rules file, flags and defaults. Checked completely before
// anything listens.
import { readFileSync } from "node:fs";
import { createGuard, type Guard, type GuardOptions } from "gatewarden";
import { toGuardOptions } from "./guard-options.js";
import { type IdentityNames, requireIdentityNames } from "./identity/names.js";
import { type ListenAddress, requireAddress } from "./listen-address.js";
import { type ProxyName, proxyKinds } from "./proxy/kinds.js";
import { parseRules, type RulesFile } from "./rules/parse-rules.js";
import { parsePattern } from "./rules/pattern.js";
import type { Rule } from "./rules/rule.js";
import type { FileData, TokenData } from "./rules/schema.js";

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
  readonly identity: IdentityNames;
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
}

/** Configuration from outside the file. */
export interface ConfigSources {
  readonly overrides?: Overrides | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For tests: replaces what a file cannot contain. */
  readonly guardOptions?: Partial<GuardOptions> | undefined;
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
  if (proxy === undefined)
    throw new TypeError(
      `The proxy is not named: write "proxy: nginx" in the rules file, or --proxy. There are ${Object.keys(proxyKinds).join(", ")}`,
    );
  const admin = overrides.admin ?? data.admin ?? "127.0.0.1:4181";
  return {
    policy: {
      proxy,
      prefix: requirePrefix(data.prefix),
      preflight: data.preflight ?? "pass",
      log: data.log ?? "all",
      rules,
      guard: createGuard(toGuardOptions(data.guard, sources)) as Guard<unknown>,
      identity: requireIdentityNames(data.identity),
      token: data.identity?.token,
    },
    settings: {
      listen: requireAddress("listen", overrides.listen ?? data.listen ?? "127.0.0.1:4180"),
      admin: admin === false || admin === "off" ? undefined : requireAddress("admin", admin),
      from: data.from ?? ["127.0.0.1", "::1"],
      limits: toLimits(data.limits),
    },
  };
}

function requirePrefix(prefix = "/authorize"): string {
  if (/^(?:\/[a-z0-9_-]+)+$/i.test(prefix) && !prefix.startsWith("/.well-known")) return prefix;
  throw new TypeError('"prefix" must be a plain path such as /authorize');
}

function toLimits(given: FileData["limits"]): Limits {
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
        : { count: failures?.count ?? 100, per: failures?.per ?? 60, addresses: failures?.addresses ?? 10_000 },
  };
}
