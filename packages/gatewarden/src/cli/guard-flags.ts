// Flags → the guard that a command uses: that of `--config`, or a new one from the other flags.
import { ConfigError, createGuard, type GuardOptions } from "../index.js";
import { type LoadedGuard, loadGuard } from "./guard-file.js";
import { UsageError } from "./parse-flags.js";

/** The flags that describe a guard. */
export interface GuardFlags {
  readonly config?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly "discovery-url"?: string | undefined;
  readonly "jwks-uri"?: string | undefined;
  readonly "secret-env"?: string | undefined;
  readonly "claim-name"?: readonly string[] | undefined;
  readonly "scope-as-list"?: boolean;
  readonly dpop?: boolean;
}

interface GuardPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Seconds. */
  readonly timeout: number;
}

const guardFlags = [
  ...["issuer", "audience", "discovery-url", "jwks-uri", "secret-env", "claim-name", "scope-as-list", "dpop"],
] as const;

/**
 * A guard has its own configuration, which other flags could only contradict. Throws `UsageError`.
 */
export function refuseBesideConfig(flags: GuardFlags, command: string): void {
  if (flags.config === undefined) return;
  const beside = guardFlags.find((name) => ![undefined, false].includes(flags[name as keyof GuardFlags] as never));
  if (beside === undefined) return;
  throw new UsageError(
    `--${beside} cannot stand beside --config: the guard of that file has a configuration of its own.\nSee: gatewarden ${command} --help`,
  );
}

/** The guard. Throws `ConfigError`. */
export async function openGuard(flags: GuardFlags, { env, cwd, timeout }: GuardPlace): Promise<LoadedGuard> {
  if (flags.config !== undefined) return loadGuard({ path: flags.config, cwd, timeout });
  return createGuard(toGuardOptions(flags, env));
}

/** The flags as options of `createGuard`. Throws `ConfigError`. */
export function toGuardOptions(flags: GuardFlags, env: GuardPlace["env"]): GuardOptions {
  const { issuer, audience, dpop } = flags;
  const discoveryUrl = flags["discovery-url"];
  const keys = toKeys(flags, env);
  const claimNames = toClaimNames(flags["claim-name"]);
  return {
    env,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(discoveryUrl !== undefined && { discoveryUrl }),
    ...(keys && { keys }),
    ...(claimNames && { claimNames }),
    ...(flags["scope-as-list"] && { scopeAsList: true }),
    ...(dpop && { dpop: { mode: "allowed" } }),
  };
}

function toKeys(flags: GuardFlags, env: GuardPlace["env"]): GuardOptions["keys"] {
  const [jwksUri, name] = [flags["jwks-uri"], flags["secret-env"]];
  const secret = name === undefined ? undefined : requireSecret(name, env);
  if (jwksUri !== undefined && secret !== undefined) {
    const problem = "cannot stand beside --jwks-uri";
    throw new ConfigError({ option: "--secret-env", problem, example: "--secret-env JWT_SECRET" });
  }
  if (secret !== undefined) return { secret };
  return jwksUri === undefined ? undefined : { jwksUri };
}

/**
 * The flag names a variable: a secret on the command line would stay in the shell's history
 * (CWE-214).
 */
function requireSecret(name: string, env: GuardPlace["env"]): string {
  const fail = (problem: string): never => {
    throw new ConfigError({ option: "--secret-env", problem, example: "--secret-env JWT_SECRET" });
  };
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name))
    return fail("must be the name of a variable, never the secret itself");
  const secret = env[name] ?? "";
  return secret === "" ? fail(`names ${name}, which is not set`) : secret;
}

/** `roles=realm_access.roles` is a path of two steps; a URL is one name; a JSON list is exact. */
function toClaimNames(given: readonly string[] | undefined): GuardOptions["claimNames"] {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const [, name = "", claim = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      const path = readClaimPath(claim);
      if (path !== undefined) return [name, path];
      throw new ConfigError({
        option: "--claim-name",
        problem: "must be written name=claim",
        example: "--claim-name roles=realm_access.roles",
      });
    }),
  );
}

function readClaimPath(claim: string): string | readonly string[] | undefined {
  if (claim === "") return undefined;
  if (!claim.startsWith("[")) return /^\w+:/.test(claim) || !claim.includes(".") ? claim : claim.split(".");
  try {
    return JSON.parse(claim) as readonly string[];
  } catch {
    return undefined;
  }
}
