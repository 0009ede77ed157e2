// The environment's names for issuer and audience, as Auth0's quickstarts and
// express-oauth2-jwt-bearer write them. `environment-terms.ts` reads the issuer's keys and
// algorithm.
import { ConfigError } from "../errors.js";
import { isIssuerName, isLoopback, isSafeUrl } from "../issuer/url.js";
import { noEnvironment } from "../platform/runtime.js";
import { toOptionError } from "./option-table.js";

/**
 * An issuer as configured: the possible spellings of its `iss`. More than one only where a base URL
 * was given.
 */
export type IssuerSpellings = readonly [string, ...string[]];

/** What determines how an issuer's name is read. */
export interface NameSettings {
  /** Hosts that may be contacted over http. */
  readonly httpHosts?: readonly string[];
  /**
   * Whether keys, or the URL of the metadata, are configured, so that nothing is fetched from the
   * name.
   */
  readonly isApart?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** An example for each variable. */
export const variableExamples = {
  AUTH0_DOMAIN: "AUTH0_DOMAIN=acme.eu.auth0.com",
  ISSUER_BASE_URL: "ISSUER_BASE_URL=https://acme.eu.auth0.com/",
  ISSUER: "ISSUER=https://acme.eu.auth0.com/",
  AUTH0_AUDIENCE: "AUTH0_AUDIENCE=https://api.acme.com",
  AUDIENCE: "AUDIENCE=https://api.acme.com",
  JWKS_URI: "JWKS_URI=https://acme.eu.auth0.com/.well-known/jwks.json",
  SECRET: "SECRET=32 random bytes or more",
  TOKEN_SIGNING_ALG: "TOKEN_SIGNING_ALG=RS256",
} as const;

type VariableName = keyof typeof variableExamples;

/** What is wrong with a variable, with how it is set. */
export function toVariableError(option: VariableName, problem: string, options?: ErrorOptions): ConfigError {
  return new ConfigError({ option, problem, example: variableExamples[option] }, options);
}

/**
 * The issuer from `AUTH0_DOMAIN`, `ISSUER_BASE_URL` or `ISSUER` (the exact `iss`). Throws
 * `ConfigError` when none is usable, or when they disagree.
 */
export function requireIssuerFromEnvironment(
  env: Environment,
  toSettings: () => NameSettings = () => ({}),
): IssuerSpellings {
  const domain = requireVariable(env, "AUTH0_DOMAIN");
  const baseUrl = requireVariable(env, "ISSUER_BASE_URL");
  const exact = requireVariable(env, "ISSUER");
  const fromDomain = domain === undefined ? undefined : requireDomainIssuer(domain, baseUrl);
  const fromBaseUrl = baseUrl === undefined ? undefined : requireBaseUrlIssuer(baseUrl, toSettings());
  const fromExact = exact === undefined ? undefined : toNamedIssuer(exact, toSettings());
  if (fromDomain && fromBaseUrl && !fromBaseUrl.includes(fromDomain[0])) {
    throw differs(env, "ISSUER_BASE_URL", "AUTH0_DOMAIN");
  }
  if (fromExact && fromDomain && !isSameBase(fromExact, fromDomain)) {
    throw differs(env, "ISSUER", "AUTH0_DOMAIN");
  }
  if (fromExact && fromBaseUrl && !isSameBase(fromExact, fromBaseUrl)) {
    throw differs(env, "ISSUER", "ISSUER_BASE_URL");
  }
  const issuer = fromExact ?? fromDomain ?? fromBaseUrl;
  if (issuer) return issuer;
  throw toMissing(env, ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "ISSUER"], {
    problem: "is not set, nor is ISSUER_BASE_URL, and createGuard was given no issuer",
    emptyProblem: "is set but empty, and createGuard was given no issuer",
  });
}

function differs(env: Environment, option: VariableName, other: VariableName): ConfigError {
  const [value, otherValue] = [requireVariable(env, option), requireVariable(env, other)];
  return new ConfigError({
    option,
    problem: `is "${value}" while ${other} is "${otherValue}": they name different issuers, so set only one of them`,
    example: variableExamples.AUTH0_DOMAIN,
    other,
  });
}

/** Whether they differ at most by their last slash, which `ISSUER` decides. */
function isSameBase([one]: IssuerSpellings, [other]: IssuerSpellings): boolean {
  return one.replace(/\/$/, "") === other.replace(/\/$/, "");
}

/**
 * The audience from `AUTH0_AUDIENCE` or `AUDIENCE`. Throws `ConfigError` when neither is usable, or
 * when they disagree.
 */
export function requireAudienceFromEnvironment(env: Environment): string {
  const auth0 = requireVariable(env, "AUTH0_AUDIENCE");
  const plain = requireVariable(env, "AUDIENCE");
  if (auth0 !== undefined && plain !== undefined && auth0 !== plain) {
    throw new ConfigError({
      option: "AUDIENCE",
      problem: `is "${plain}" while AUTH0_AUDIENCE is "${auth0}": set only one of them`,
      example: variableExamples.AUTH0_AUDIENCE,
      other: "AUTH0_AUDIENCE",
    });
  }
  const audience = auth0 ?? plain;
  if (audience !== undefined) return audience;
  const what = "createGuard was given no audience; it is the identifier of the API (not of an application)";
  throw toMissing(env, ["AUTH0_AUDIENCE", "AUDIENCE"], {
    problem: `is not set, nor is AUDIENCE, and ${what}`,
    emptyProblem: `is set but empty, and ${what}`,
  });
}

/**
 * The error when none of the names is set. It names a variable that is set but empty (compose
 * writes `AUTH0_DOMAIN=` for what the host does not set). Where the platform has no variables at
 * all, it names the option `env`.
 */
function toMissing(
  env: Environment,
  names: readonly [VariableName, ...VariableName[]],
  { problem, emptyProblem }: { readonly problem: string; readonly emptyProblem: string },
): ConfigError {
  const [first] = names;
  const empty = names.find((name) => env[name] !== undefined);
  if (empty !== undefined) return toVariableError(empty, emptyProblem);
  if (env !== noEnvironment) return toVariableError(first, problem);
  return new ConfigError({
    option: "env",
    problem: `is not given, and this platform has nothing in process.env: ${first} ${problem}`,
    example: 'env: { AUTH0_DOMAIN: "acme.eu.auth0.com", AUTH0_AUDIENCE: "https://api.acme.com" }',
  });
}

/**
 * `ISSUER`: taken exactly, also where it is not an https URL and the keys are configured
 * separately.
 */
function toNamedIssuer(text: string, { httpHosts, isApart = false }: NameSettings): IssuerSpellings {
  if (isApart && isOtherName(text, httpHosts)) return [text];
  return requireExactIssuer(text, httpHosts, (problem) => toVariableError("ISSUER", problem));
}

/** The exact issuer of the option `issuer`, or of a variable. Throws `ConfigError`. */
export function requireExactIssuer(
  text: string,
  httpHosts: readonly string[] = [],
  toError: ToError = (problem) => toOptionError("issuer", problem),
): IssuerSpellings {
  const url = requireIssuerUrl(text, toError, { httpHosts });
  // Auth0's issuers end in a slash; without it none of its tokens would match.
  return [isAuth0(url) && url.pathname === "/" ? `${url.origin}/` : text];
}

function requireDomainIssuer(text: string, baseUrl: string | undefined): IssuerSpellings {
  const toError: ToError = (problem) => toVariableError("AUTH0_DOMAIN", problem);
  const url = requireIssuerUrl(withScheme(text, baseUrl), toError, { written: text });
  if (url.pathname === "/") return [`${url.origin}/`];
  throw toError(`is "${text}": a domain has no path`);
}

/**
 * A base URL has the same metadata with or without its last slash; the metadata decides which of
 * the two the issuer is.
 */
function requireBaseUrlIssuer(text: string, { httpHosts, isApart = false }: NameSettings): IssuerSpellings {
  // A name with its own scheme that is not an https URL is not a base URL either: it has one
  // spelling.
  if (isApart && hasScheme(text) && isOtherName(text, httpHosts)) return [text];
  const toError: ToError = (problem) => toVariableError("ISSUER_BASE_URL", problem);
  const url = requireIssuerUrl(withScheme(text), toError, { written: text, httpHosts });
  const bare = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
  if (isAuth0(url)) return [`${bare}/`];
  return text.endsWith("/") ? [`${bare}/`, bare] : [bare, `${bare}/`];
}

/**
 * Whether an issuer may have this name although keys cannot be discovered from it (RFC 7519 §4.1.1
 * StringOrURI). An Auth0 domain that is not an https URL is a mistake: none of its tokens would
 * match.
 */
export function isOtherName(text: string, httpHosts?: readonly string[]): boolean {
  return !isSafeUrl(text, httpHosts) && isIssuerName(text) && !isPlaceholder(text) && !/\.auth0\.com\/?$/.test(text);
}

function hasScheme(text: string): boolean {
  return /^([a-z][a-z0-9+.-]*:\/\/|urn:)/i.test(text);
}

/** A name of this machine means http, unless the base URL beside it says https. */
function withScheme(text: string, baseUrl?: string): string {
  if (hasScheme(text)) return text;
  // Cuts at the first slash before looking for the port: one expression for both would scan from
  // each slash to the end (CWE-1333).
  const [authority = ""] = text.split("/", 1);
  const isLocal = isLoopback(authority.replace(/:\d+$/, ""));
  return `${isLocal && !baseUrl?.startsWith("https://") ? "http" : "https"}://${text}`;
}

/** Creates the error of the option or variable that is read. */
type ToError = (problem: string) => ConfigError;

interface UrlSettings {
  /** As the developer wrote it, where that differs. */
  readonly written?: string;
  readonly httpHosts?: readonly string[] | undefined;
}

function requireIssuerUrl(text: string, toError: ToError, { written = text, httpHosts }: UrlSettings): URL {
  const fail = (problem: string): never => {
    throw toError(`is "${written}": ${problem}`);
  };
  if (isPlaceholder(written)) return fail("that is only a placeholder");
  if (/[\s"'<>\\^`{|}]/.test(text) || !URL.canParse(text)) return fail("that is not a URL");
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "") return fail("an issuer has no query and no fragment (RFC 8414 §2)");
  if (isSafeUrl(text, httpHosts)) return url;
  const where = "http only on this machine itself, or at a host that insecureHttpHosts lists";
  return fail(`an issuer is an https URL without user name (${where})`);
}

/**
 * The value, or undefined if it is unset or empty. Quotes and placeholders are reported as
 * mistakes.
 */
export function requireVariable(env: Environment, name: VariableName): string | undefined {
  const text = requireVariableText(env, name)?.trim() ?? "";
  if (text === "") return undefined;
  if (isQuoted(text)) throw toVariableError(name, `has quotes around it: ${text}`);
  if (isPlaceholder(text)) throw toVariableError(name, `is "${text}", which is only a placeholder`);
  return text;
}

/**
 * Reading a variable may throw (Deno without --allow-env), and its value may not be text (a binding
 * of a Worker).
 */
export function requireVariableText(env: Environment, name: VariableName): string | undefined {
  let value: unknown;
  try {
    value = env[name];
  } catch (cause) {
    throw toVariableError(name, "cannot be read from the environment", { cause });
  }
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw toVariableError(name, "is not text");
}

/**
 * Quotes that a shell would remove stay part of the value in many other places (docker --env-file).
 */
export function isQuoted(text: string): boolean {
  return /^["'`]|["'`]$/.test(text);
}

/**
 * Text that documentation shows in place of a real value, or that a program wrote for a missing
 * value.
 */
export function isPlaceholder(text: string): boolean {
  return placeholder.test(text) || /[{}<>]/.test(text) || /(^|\/\/)(undefined|null)([./]|$)/.test(text);
}

const placeholder = /(\b|_)your[-_ ]?(auth0[-_ ]?)?(tenant|domain|audience|api([-_ ]?identifier)?)(?![a-z0-9])/i;

function isAuth0(url: URL): boolean {
  return url.hostname.endsWith(".auth0.com");
}
