// The section `guard` → the options of `createGuard`, which checks their values.
import type { GuardOptions } from "gatewarden";
import { findNearestName } from "gatewarden/terminal";
import type { SharedState } from "./state/shared-state.js";

/** The options that are plain data and belong to the file. */
const fromFile = [
  "issuer",
  "audience",
  "clientId",
  "algorithms",
  "clockTolerance",
  "maxTokenAge",
  "keys",
  "discoveryUrl",
  "allowedHosts",
  "insecureHttpHosts",
  "tokenType",
  "allowIdTokens",
  "claimNames",
  "claimFormats",
  "scopeAsList",
  "dpop",
  "mtls",
  "tokenFrom",
  "cache",
  "maxTokenSize",
  "realm",
  "resource",
  "explain",
] as const;

/** Options from outside the file. */
export interface GuardSources {
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** For tests: replaces what a file cannot contain. */
  readonly guardOptions?: Partial<GuardOptions> | undefined;
}

/** Throws `TypeError` for a name that cannot be in a file. */
export function toGuardOptions(
  data: Readonly<Record<string, unknown>> = {},
  { env, guardOptions, state }: GuardSources & { readonly state: SharedState },
): GuardOptions {
  for (const name of Object.keys(data)) {
    if ((fromFile as readonly string[]).includes(name)) continue;
    const nearest = findNearestName(name, fromFile);
    throw new TypeError(
      `"guard.${name}" is not an option of the rules file${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`,
    );
  }
  const { keys, dpop } = data;
  if (isObject(keys) && Object.hasOwn(keys, "secret"))
    throw new TypeError('"guard.keys.secret" does not belong in a file: set the environment variable SECRET');
  return {
    ...(data as GuardOptions),
    ...(isObject(dpop) && { dpop: withState(dpop, state) }),
    ...(state.revocations && { revocation: state.revocations }),
    ...guardOptions,
    // The gateway accepts connections from its proxies only. What they report of the URL is read by
    // proxy/original-request.ts, so the guard reads none of it itself.
    trustProxy: { headers: [] },
    ...(env && { env: env as NonNullable<GuardOptions["env"]> }),
  };
}

function withState(dpop: object, { replay, nonceSecrets }: SharedState): NonNullable<GuardOptions["dpop"]> {
  const given = { replay, ...dpop } as NonNullable<GuardOptions["dpop"]>;
  const { nonce } = given;
  if (nonceSecrets === undefined || nonce === undefined || nonce === false) return given;
  return { ...given, nonce: { secret: nonceSecrets, ...(isObject(nonce) && nonce) } };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
