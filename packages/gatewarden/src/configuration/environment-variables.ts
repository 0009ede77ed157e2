// The environment's names for issuer and audience, as Auth0's quickstarts and
// express-oauth2-jwt-bearer write them. `environment-terms.ts` reads the issuer's keys and
// algorithm.
import { ConfigError } from "../errors.js";
import { isIssuerName, isLoopback, isSafeUrl } from "../issuer/url.js";
import { noEnvironment } from "../platform/runtime.js";

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
} as const;

/**
 * The issuer from `AUTH0_DOMAIN`, `ISSUER_BASE_URL` or `ISSUER` (the exact `iss`). Throws
 * `ConfigError` when none is usable, or when they disagree.
 */
export function requireIssuerFromEnvironment(
  env: Environment,
  toSettings: () => NameSettings = () => ({}),
): IssuerSpellings {
  const domain = requireVariable(env, "AUTH0_DOMAIN", variableExamples.AUTH0_DOMAIN);
  const baseUrl = requireVariable(env, "ISSUER_BASE_URL", variableExamples.ISSUER_BASE_URL);
  const exact = requireVariable(env, "ISSUER", variableExamples.ISSUER);
  const fromDomain = domain === undefined ? undefined : requireDomainIssuer(domain);
  const fromBaseUrl = baseUrl === undefined ? undefined : requireBaseUrlIssuer(baseUrl, toSettings());
  const fromExact = exact === undefined ? undefined : toNamedIssuer(exact, toSettings());
  if (fromDomain && fromBaseUrl && !fromBaseUrl.includes(fromDomain[0])) {
    throw differs({ option: "ISSUER_BASE_URL", value: baseUrl, other: "AUTH0_DOMAIN", otherValue: domain });
  }
  if (fromExact && fromDomain && !isSameBase(fromExact, fromDomain)) {
    throw differs({ option: "ISSUER", value: exact, other: "AUTH0_DOMAIN", otherValue: domain });
  }
  if (fromExact && fromBaseUrl && !isSameBase(fromExact, fromBaseUrl)) {
    throw differs({ option: "ISSUER", value: exact, other: "ISSUER_BASE_URL", otherValue: baseUrl });
  }
  const issuer = fromExact ?? fromDomain ?? fromBaseUrl;
  if (issuer) return issuer;
  throw toMissing(env, ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "ISSUER"], {
    problem: "is not set, nor is ISSUER_BASE_URL, and createGuard was given no issuer",
    emptyProblem: "is set but empty, and createGuard was given no issuer",
  });
}

interface Disagreement {
  readonly option: string;
  readonly value: string | undefined;
  readonly other: string;
  readonly otherValue: string | undefined;
}

function differs({ option, value, other, otherValue }: Disagreement): ConfigError {
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
  const auth0 = requireVariable(env, "AUTH0_AUDIENCE", variableExamples.AUTH0_AUDIENCE);
  const plain = requireVariable(env, "AUDIENCE", variableExamples.AUDIENCE);
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
  names: readonly [keyof typeof variableExamples, ...(keyof typeof variableExamples)[]],
  { problem, emptyProblem }: { readonly problem: string; readonly emptyProblem: string },
): ConfigError {
  const [first] = names;
  const empty = names.find((name) => env[name] !== undefined);
  if (empty !== undefined)
    return new ConfigError({ option: empty, problem: emptyProblem, example: variableExamples[empty] });
  if (env !== noEnvironment) return new ConfigError({ option: first, problem, example: variableExamples[first] });
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
  return requireExactIssuer(text, httpHosts, { option: "ISSUER", example: variableExamples.ISSUER });
}

/** The exact issuer of the option `issuer`, or of a variable. Throws `ConfigError`. */
export function requireExactIssuer(
  text: string,
  httpHosts: readonly string[] = [],
  { option, example }: { readonly option: string; readonly example: string } = {
    option: "issuer",
    example: 'issuer: "https://acme.eu.auth0.com/"',
  },
): IssuerSpellings {
  const url = requireIssuerUrl({ option, text, example, httpHosts });
  // Auth0's issuers end in a slash; without it none of its tokens would match.
  return [isAuth0(url) && url.pathname === "/" ? `${url.origin}/` : text];
}

function requireDomainIssuer(text: string): IssuerSpellings {
  const url = requireIssuerUrl({
    option: "AUTH0_DOMAIN",
    text: withScheme(text),
    example: variableExamples.AUTH0_DOMAIN,
    written: text,
  });
  if (url.pathname === "/") return [`${url.origin}/`];
  throw new ConfigError({
    option: "AUTH0_DOMAIN",
    problem: `is "${text}": a domain has no path`,
    example: variableExamples.AUTH0_DOMAIN,
  });
}

/**
 * A base URL has the same metadata with or without its last slash; the metadata decides which of
 * the two the issuer is.
 */
function requireBaseUrlIssuer(text: string, { httpHosts, isApart = false }: NameSettings): IssuerSpellings {
  // A name with its own scheme that is not an https URL is not a base URL either: it has one
  // spelling.
  if (isApart && hasScheme(text) && isOtherName(text, httpHosts)) return [text];
  const url = requireIssuerUrl({
    option: "ISSUER_BASE_URL",
    text: withScheme(text),
    example: variableExamples.ISSUER_BASE_URL,
    written: text,
    httpHosts,
  });
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

function withScheme(text: string): string {
  if (hasScheme(text)) return text;
  // Cuts at the first slash before looking for the port: one expression for both would scan from
  // each slash to the end (CWE-1333).
  const [authority = ""] = text.split("/", 1);
  const isLocal = isLoopback(authority.replace(/:\d+$/, ""));
  return `${isLocal ? "http" : "https"}://${text}`;
}

interface UrlText {
  readonly option: string;
  readonly text: string;
  readonly example: string;
  /** As the developer wrote it, where that differs. */
  readonly written?: string;
  readonly httpHosts?: readonly string[] | undefined;
}

function requireIssuerUrl({ option, text, example, written = text, httpHosts }: UrlText): URL {
  const fail = (problem: string): never => {
    throw new ConfigError({ option, problem: `is "${written}": ${problem}`, example });
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
export function requireVariable(env: Environment, name: string, example: string): string | undefined {
  const text = requireVariableText(env, name, example)?.trim() ?? "";
  if (text === "") return undefined;
  if (isQuoted(text)) throw new ConfigError({ option: name, problem: `has quotes around it: ${text}`, example });
  if (isPlaceholder(text))
    throw new ConfigError({ option: name, problem: `is "${text}", which is only a placeholder`, example });
  return text;
}

/**
 * Reading a variable may throw (Deno without --allow-env), and its value may not be text (a binding
 * of a Worker).
 */
export function requireVariableText(env: Environment, name: string, example: string): string | undefined {
  let value: unknown;
  try {
    value = env[name];
  } catch (cause) {
    throw new ConfigError({ option: name, problem: "cannot be read from the environment", example }, { cause });
  }
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw new ConfigError({ option: name, problem: "is not text", example });
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
