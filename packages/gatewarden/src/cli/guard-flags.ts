// Flags → the guard that a command uses: that of `--config`, or a new one from the other flags.
import { ConfigError, createGuard, type GuardOptions } from "../index.js";
import { type LoadedGuard, loadGuard } from "./guard-file.js";
import { UsageError } from "./terminal/parse-flags.js";

/** The flags that describe a guard. */
export interface GuardFlags {
  readonly config?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly "no-audience"?: boolean;
  readonly "client-id"?: readonly string[] | undefined;
  readonly "discovery-url"?: string | undefined;
  readonly "jwks-uri"?: string | undefined;
  readonly "insecure-http-host"?: readonly string[] | undefined;
  readonly "secret-env"?: string | undefined;
  readonly "claim-name"?: readonly string[] | undefined;
  readonly "claim-format"?: readonly string[] | undefined;
  readonly "allow-id-tokens"?: boolean;
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
  ...["issuer", "audience", "no-audience", "client-id", "discovery-url", "jwks-uri", "insecure-http-host"],
  ...["secret-env", "claim-name", "claim-format", "allow-id-tokens", "scope-as-list", "dpop"],
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
  const { issuer, dpop } = flags;
  const audience = toAudience(flags);
  const [clientId, discoveryUrl] = [flags["client-id"], flags["discovery-url"]];
  const insecureHttpHosts = flags["insecure-http-host"];
  const keys = toKeys(flags, env);
  const claimNames = toClaimNames(flags["claim-name"]);
  const claimFormats = toClaimFormats(flags["claim-format"]);
  return {
    env,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(clientId && { clientId }),
    ...(discoveryUrl !== undefined && { discoveryUrl }),
    ...(insecureHttpHosts && { insecureHttpHosts }),
    ...(keys && { keys }),
    ...(claimNames && { claimNames }),
    ...(claimFormats && { claimFormats }),
    ...(flags["allow-id-tokens"] && { allowIdTokens: true }),
    ...(flags["scope-as-list"] && { scopeAsList: true }),
    ...(dpop && { dpop: { mode: "allowed" } }),
  };
}

function toAudience(flags: GuardFlags): GuardOptions["audience"] {
  if (!flags["no-audience"]) return flags.audience;
  if (flags.audience === undefined) return false;
  const problem = "cannot stand beside --audience";
  throw new ConfigError({ option: "--no-audience", problem, example: "--no-audience --client-id 1example23456789" });
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

/** Which names and formats there are is for `createGuard` to say. */
function toClaimFormats(given: readonly string[] | undefined): GuardOptions["claimFormats"] {
  if (given === undefined) return undefined;
  return Object.fromEntries(
    given.map((text) => {
      const [, name = "", format = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (name !== "") return [name, format];
      throw new ConfigError({
        option: "--claim-format",
        problem: "must be written name=format",
        example: "--claim-format roles=keys",
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
