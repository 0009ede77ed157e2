// The options of jsonwebtoken's `verify` → what tokens must satisfy. An option that would switch a
// check off is refused at start-up, with what replaces it.
import { type Algorithm, ConfigError } from "../../index.js";
import { requireMaxAge } from "./max-age.js";

/** The options of jsonwebtoken's `verify`. */
export interface VerifyOptions {
  /** Names of the allowed algorithms. The key's family decides which of them it verifies. */
  readonly algorithms?: readonly (Algorithm | "none")[] | undefined;
  /** Compared exactly. A regular expression is refused: list the audiences. */
  readonly audience?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /** Compared exactly. */
  readonly issuer?: string | readonly string[] | undefined;
  /** Seconds, at most 300. Default 5. */
  readonly clockTolerance?: number | undefined;
  /** Exact `sub`. */
  readonly subject?: string | undefined;
  /** Exact `jti`. */
  readonly jwtid?: string | undefined;
  /** Seconds since `iat`, or text such as `"2h"`. */
  readonly maxAge?: string | number | undefined;
  readonly complete?: boolean | undefined;
  /** Refused when true: see `clockTolerance`. */
  readonly ignoreExpiration?: boolean | undefined;
  /** Refused when true: see `clockTolerance`. */
  readonly ignoreNotBefore?: boolean | undefined;
  /** Refused: a clock that stands still accepts expired tokens. */
  readonly clockTimestamp?: number | undefined;
  /** Refused: only ID tokens have one. */
  readonly nonce?: string | undefined;
  /** Refused when true. */
  readonly allowInvalidAsymmetricKeyTypes?: boolean | undefined;
}

/** What tokens must satisfy, checked. */
export interface VerifyTerms {
  readonly issuers: readonly string[] | undefined;
  readonly audiences: readonly string[] | undefined;
  readonly algorithms: readonly Algorithm[] | undefined;
  readonly clockTolerance: number | undefined;
  readonly subject: string | undefined;
  readonly jwtid: string | undefined;
  /** Seconds since `iat`. */
  readonly maxAge: number | undefined;
  readonly isComplete: boolean;
}

/** Option → why it cannot be used, and what to write instead. */
const refused: Readonly<Record<string, readonly [problem: string, instead: string]>> = {
  ignoreExpiration: ["would accept tokens that expired (CWE-613)", "clockTolerance: 60, or issue longer tokens"],
  ignoreNotBefore: ["would accept tokens before their time (RFC 7519 §4.1.5)", "clockTolerance: 60"],
  clockTimestamp: ["would stop the clock, so that tokens never expire", "fake timers in tests; clockTolerance: 60"],
  nonce: ["belongs to ID tokens, which are not access tokens (RFC 8725 §3.12)", "an OpenID Connect client's check"],
  allowInvalidAsymmetricKeyTypes: [
    "would accept keys that do not fit the algorithm (CVE-2022-23541)",
    "a key that fits the algorithm",
  ],
};

/** Checks the options. Throws `ConfigError`. */
export function requireVerifyTerms(options: VerifyOptions): VerifyTerms {
  for (const [option, [problem, example]] of Object.entries(refused)) {
    const value: unknown = (options as Record<string, unknown>)[option];
    if (value !== undefined && value !== null && value !== false) throw new ConfigError({ option, problem, example });
  }
  return {
    issuers: requireNames("issuer", options),
    audiences: requireNames("audience", options),
    algorithms: requireAlgorithmList(options.algorithms),
    clockTolerance: options.clockTolerance,
    subject: requireName("subject", options),
    jwtid: requireName("jwtid", options),
    maxAge: requireMaxAge(options.maxAge),
    isComplete: options.complete === true,
  };
}

type NameOption = "issuer" | "audience" | "subject" | "jwtid";

const examples: Readonly<Record<NameOption, string>> = {
  issuer: 'issuer: "https://acme.eu.auth0.com/"',
  audience: 'audience: "https://api.acme.com"',
  subject: 'subject: "service|1"',
  jwtid: 'jwtid: "5f2c"',
};

/**
 * One name or several. An option that is written but has no value, such as an unset variable, is a
 * mistake: the check would never run (CWE-636).
 */
function requireNames(option: NameOption, options: VerifyOptions): readonly string[] | undefined {
  if (!Object.hasOwn(options, option)) return undefined;
  const given: unknown = options[option];
  const fail = (problem: string) => new ConfigError({ option, problem, example: examples[option] });
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw fail("is an empty list");
  return list.map((one) => {
    if (one instanceof RegExp) throw fail("is a regular expression; list the names, which are compared exactly");
    if (typeof one === "string" && one !== "") return one;
    throw fail(`is ${one === "" ? "empty" : `${typeof one}, not text`}: leave it out, or set its variable`);
  });
}

function requireName(option: "subject" | "jwtid", options: VerifyOptions): string | undefined {
  const problem = "is a list";
  if (Array.isArray(options[option])) throw new ConfigError({ option, problem, example: examples[option] });
  return requireNames(option, options)?.[0];
}

function requireAlgorithmList(algorithms: VerifyOptions["algorithms"]): readonly Algorithm[] | undefined {
  if (algorithms === undefined) return undefined;
  const fail = (problem: string) =>
    new ConfigError({ option: "algorithms", problem, example: 'algorithms: ["RS256"]' });
  if (!Array.isArray(algorithms) || algorithms.length === 0) throw fail("must be a non-empty list");
  // RFC 8725 §3.1, CVE-2015-9235.
  if (algorithms.includes("none")) throw fail('lists "none", with which anyone can make tokens');
  return algorithms as readonly Algorithm[];
}
