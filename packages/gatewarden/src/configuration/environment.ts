// The environment's names for issuer and audience, as Auth0's quickstarts and express-oauth2-jwt-bearer write them.
import { ConfigError, type ConfigProblem } from "../errors.js";
import { isLoopback, isSafeUrl } from "../issuer/url.js";
import { noEnvironment } from "../platform/runtime.js";

/** An issuer as configured: the spellings of `iss` it may turn out to have. More than one only where a base URL was given. */
export type IssuerSpellings = readonly [string, ...string[]];

type Environment = Readonly<Record<string, string | undefined>>;

/** How each variable is set. */
export const examples = {
  AUTH0_DOMAIN: "AUTH0_DOMAIN=acme.eu.auth0.com",
  ISSUER_BASE_URL: "ISSUER_BASE_URL=https://acme.eu.auth0.com/",
  AUTH0_AUDIENCE: "AUTH0_AUDIENCE=https://api.acme.com",
  AUDIENCE: "AUDIENCE=https://api.acme.com",
} as const;

/** The issuer from `AUTH0_DOMAIN` or `ISSUER_BASE_URL`. Throws `ConfigError` when neither is usable, or when they disagree. */
export function readIssuerFromEnvironment(env: Environment): IssuerSpellings {
  const domain = readVariable(env, "AUTH0_DOMAIN", examples.AUTH0_DOMAIN);
  const baseUrl = readVariable(env, "ISSUER_BASE_URL", examples.ISSUER_BASE_URL);
  const fromDomain = domain === undefined ? undefined : toDomainIssuer(domain);
  const fromBaseUrl = baseUrl === undefined ? undefined : toBaseUrlIssuer(baseUrl);
  if (fromDomain && fromBaseUrl && !fromBaseUrl.includes(fromDomain[0])) {
    throw new ConfigError({
      option: "ISSUER_BASE_URL",
      problem: `is "${baseUrl}" while AUTH0_DOMAIN is "${domain}": they name different issuers, so set only one of them`,
      example: examples.AUTH0_DOMAIN,
      other: "AUTH0_DOMAIN",
    });
  }
  const issuer = fromDomain ?? fromBaseUrl;
  if (issuer) return issuer;
  throw missing(env, {
    option: "AUTH0_DOMAIN",
    problem: "is not set, nor is ISSUER_BASE_URL, and createGuard was given no issuer",
    example: examples.AUTH0_DOMAIN,
  });
}

/** The audience from `AUTH0_AUDIENCE` or `AUDIENCE`. Throws `ConfigError` when neither is usable, or when they disagree. */
export function readAudienceFromEnvironment(env: Environment): string {
  const auth0 = readVariable(env, "AUTH0_AUDIENCE", examples.AUTH0_AUDIENCE);
  const plain = readVariable(env, "AUDIENCE", examples.AUDIENCE);
  if (auth0 !== undefined && plain !== undefined && auth0 !== plain) {
    throw new ConfigError({
      option: "AUDIENCE",
      problem: `is "${plain}" while AUTH0_AUDIENCE is "${auth0}": set only one of them`,
      example: examples.AUTH0_AUDIENCE,
      other: "AUTH0_AUDIENCE",
    });
  }
  const audience = auth0 ?? plain;
  if (audience !== undefined) return audience;
  throw missing(env, {
    option: "AUTH0_AUDIENCE",
    problem:
      "is not set, nor is AUDIENCE, and createGuard was given no audience; it is the identifier of the API (not of an application)",
    example: examples.AUTH0_AUDIENCE,
  });
}

/** What says that a variable is missing. Where the host has no variables at all, it names the option that can give some. */
function missing(env: Environment, problem: ConfigProblem): ConfigError {
  if (env !== noEnvironment) return new ConfigError(problem);
  return new ConfigError({
    option: "env",
    problem: `is not given, and this platform has nothing in process.env: ${problem.option} ${problem.problem}`,
    example: 'env: { AUTH0_DOMAIN: "acme.eu.auth0.com", AUTH0_AUDIENCE: "https://api.acme.com" }',
  });
}

/** The exact issuer of the option `issuer`. Throws `ConfigError`. */
export function toExactIssuer(text: string): IssuerSpellings {
  const example = 'issuer: "https://acme.eu.auth0.com/"';
  const url = toUrl("issuer", text, example);
  // Auth0's issuers end in a slash; without it not one of its tokens would ever match.
  return [isAuth0(url) && url.pathname === "/" ? `${url.origin}/` : text];
}

function toDomainIssuer(text: string): IssuerSpellings {
  const url = toUrl("AUTH0_DOMAIN", withScheme(text), examples.AUTH0_DOMAIN, text);
  if (url.pathname === "/") return [`${url.origin}/`];
  throw new ConfigError({
    option: "AUTH0_DOMAIN",
    problem: `is "${text}": a domain has no path`,
    example: examples.AUTH0_DOMAIN,
  });
}

/** A base URL with or without its last slash has the same metadata, and that says which of the two the issuer is. */
function toBaseUrlIssuer(text: string): IssuerSpellings {
  const url = toUrl("ISSUER_BASE_URL", withScheme(text), examples.ISSUER_BASE_URL, text);
  const bare = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
  if (isAuth0(url)) return [`${bare}/`];
  return text.endsWith("/") ? [`${bare}/`, bare] : [bare, `${bare}/`];
}

function withScheme(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  // Cut at the first slash before the port is looked for: one expression for both would look from each slash to the end (CWE-1333).
  const [authority = ""] = text.split("/", 1);
  const isLocal = isLoopback(authority.replace(/:\d+$/, ""));
  return `${isLocal ? "http" : "https"}://${text}`;
}

function toUrl(option: string, text: string, example: string, written = text): URL {
  const fail = (problem: string): never => {
    throw new ConfigError({ option, problem: `is "${written}": ${problem}`, example });
  };
  if (isPlaceholder(written)) return fail("that is only a placeholder");
  if (/[\s"'<>\\^`{|}]/.test(text) || !URL.canParse(text)) return fail("that is no URL");
  const url = new URL(text);
  if (url.search !== "" || url.hash !== "") return fail("an issuer has no query and no fragment (RFC 8414 §2)");
  if (!isSafeUrl(text)) return fail("an issuer is an https URL without user name (http only on this machine itself)");
  return url;
}

/** The value, unless it is not set. A value that is there but means nothing is a mistake worth naming. */
function readVariable(env: Environment, name: string, example: string): string | undefined {
  const value = readValue(env, name, example);
  if (value === undefined) return undefined;
  const text = value.trim();
  if (text === "") throw new ConfigError({ option: name, problem: "is set but empty", example });
  if (isQuoted(text)) throw new ConfigError({ option: name, problem: `has quotes around it: ${text}`, example });
  if (isPlaceholder(text))
    throw new ConfigError({ option: name, problem: `is "${text}", which is only a placeholder`, example });
  return text;
}

/** A host may refuse to say it (Deno without --allow-env), and give what is not text (a binding of a Worker). */
function readValue(env: Environment, name: string, example: string): string | undefined {
  let value: unknown;
  try {
    value = env[name];
  } catch (cause) {
    throw new ConfigError({ option: name, problem: "cannot be read from the environment", example }, { cause });
  }
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw new ConfigError({ option: name, problem: "is not text", example });
}

/** Quotes that a shell would have removed stay part of the value in many other places (docker --env-file). */
export function isQuoted(text: string): boolean {
  return /^["'`]|["'`]$/.test(text);
}

/** Text that documentation shows where a real value belongs, or that a program wrote for a value it did not have. */
export function isPlaceholder(text: string): boolean {
  return placeholder.test(text) || /[{}<>]/.test(text) || /(^|\/\/)(undefined|null)([./]|$)/.test(text);
}

const placeholder = /(\b|_)your[-_ ]?(auth0[-_ ]?)?(tenant|domain|audience|api([-_ ]?identifier)?)(?![a-z0-9])/i;

function isAuth0(url: URL): boolean {
  return url.hostname.endsWith(".auth0.com");
}
