// The options that exchanges and machine tokens have in common.
import { ConfigError } from "../../errors.js";
import { requireServerOptions, type ServerOptions } from "../../oauth-client/server-options.js";

/** Durations in seconds. `endpoint` is by default the `token_endpoint` of the metadata. */
export interface TokenSourceOptions extends ServerOptions {
  /**
   * Bind tokens to a key of this client, made when it is first needed (RFC 9449). `allowed` asks
   * for it, and also takes tokens of a server that does not bind them; `required` does not. The
   * next API must then take DPoP. Default `off`.
   */
  readonly dpop?: "off" | "allowed" | "required";
  /** Time limit of one request to the server. Default 5, from 0.1 to 60. */
  readonly timeout?: number;
  /**
   * How long a refusal of the server is repeated without asking again. Default 10, from 0 to 300.
   */
  readonly refusedMaxAge?: number;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** The numbers, complete. */
export interface SourceNumbers {
  readonly timeout: number;
  readonly refusedMaxAge: number;
}

/** Throws `ConfigError`: an unknown option would be a rule that is not kept. */
export function requireSourceOptions(
  options: TokenSourceOptions,
  others: readonly string[],
  example: string,
): SourceNumbers {
  requireNames(options, others, example);
  requireServerOptions(options, { needsOnlyEndpoint: true, example });
  const { dpop = "off", now } = options;
  if (!["off", "allowed", "required"].includes(dpop)) {
    throw new ConfigError({
      option: "dpop",
      problem: 'is not "off", "allowed" or "required"',
      example: 'dpop: "allowed"',
    });
  }
  for (const [option, value] of Object.entries({ now, fetch: options.fetch })) {
    if (value === undefined || typeof value === "function") continue;
    throw new ConfigError({ option, problem: "must be a function", example });
  }
  return {
    timeout: requireWithin("timeout", options.timeout ?? 5, [0.1, 60]),
    refusedMaxAge: requireWithin("refusedMaxAge", options.refusedMaxAge ?? 10, [0, 300]),
  };
}

const names = [
  ...["issuer", "clientId", "auth", "endpoint", "discoveryUrl", "insecureHttpHosts", "fetch"],
  ...["dpop", "timeout", "refusedMaxAge", "now"],
];

function requireNames(options: object, others: readonly string[], example: string): void {
  const known = [...names, ...others];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError({
    option: unknown.slice(0, 40),
    problem: `is unknown; there are ${known.join(", ")}`,
    example,
  });
}

/** A number within its bounds. Throws `ConfigError`. */
export function requireWithin(option: string, value: unknown, [least, most]: readonly [number, number]): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  const problem = `must be a number from ${least} to ${most}`;
  throw new ConfigError({ option, problem, example: `${option}: ${least}` });
}
