// Where a token may be: the extractors of passport-jwt.
// biome-ignore-all lint/suspicious/noExplicitAny: the original's declarations use it.
import { type NodeRequest, readHeaders } from "../../adapters/_node.js";
import { ConfigError } from "../../index.js";

/** Takes the token from a request; null where there is none. */
export type JwtFromRequestFunction<Incoming = any> = (request: Incoming) => string | null;

/** Creates functions for the option `jwtFromRequest`. */
export interface Extractors {
  /** A header that holds the token alone. */
  fromHeader(name: string): JwtFromRequestFunction;
  /** A field of the parsed body (RFC 6750 §2.2). */
  fromBodyField(name: string): JwtFromRequestFunction;
  /** Throws `ConfigError`: a token in a URL ends up in logs and histories (RFC 9700 §4.3.2). */
  fromUrlQueryParameter(name: string): JwtFromRequestFunction;
  /** The Authorization header with this scheme. Schemes ignore case (RFC 9110 §11.1). */
  fromAuthHeaderWithScheme(scheme: string): JwtFromRequestFunction;
  /** The first token that one of them finds. */
  fromExtractors<Incoming = any>(
    extractors: readonly JwtFromRequestFunction<Incoming>[],
  ): JwtFromRequestFunction<Incoming>;
  /** The Authorization header with the scheme `Bearer` (RFC 6750 §2.1). */
  fromAuthHeaderAsBearerToken(): JwtFromRequestFunction;
}

/** The extractors of passport-jwt. */
export const ExtractJwt: Extractors = {
  fromHeader: (name) => {
    const header = requireName("ExtractJwt.fromHeader", name).toLowerCase();
    return (request) => readOwn(request.headers, header);
  },
  fromBodyField: (name) => {
    const field = requireName("ExtractJwt.fromBodyField", name);
    return (request) => readOwn(request.body, field);
  },
  fromUrlQueryParameter: () => {
    throw new ConfigError({
      option: "ExtractJwt.fromUrlQueryParameter",
      problem: "takes tokens from URLs, which end up in logs, histories and Referer headers (RFC 9700 §4.3.2)",
      example: "ExtractJwt.fromAuthHeaderAsBearerToken(), or a function of your own for one route",
    });
  },
  fromAuthHeaderWithScheme,
  fromExtractors: (extractors) => {
    const isList = Array.isArray(extractors) && extractors.every((one) => typeof one === "function");
    if (isList) return (request) => findFirst(extractors, request);
    throw new ConfigError({
      option: "ExtractJwt.fromExtractors",
      problem: "must be given a list of extractors",
      example: "ExtractJwt.fromExtractors([ExtractJwt.fromAuthHeaderAsBearerToken()])",
    });
  },
  fromAuthHeaderAsBearerToken: () => fromAuthHeaderWithScheme("Bearer"),
};

function fromAuthHeaderWithScheme(scheme: string): JwtFromRequestFunction {
  const prefix = `${requireName("ExtractJwt.fromAuthHeaderWithScheme", scheme).toLowerCase()} `;
  return (request: NodeRequest) => {
    // Two headers are two tokens (RFC 6750 §2); node:http alone would show the first.
    const sent: unknown = readOwn(readHeaders(request), "authorization");
    if (typeof sent !== "string" || !sent.toLowerCase().startsWith(prefix)) return null;
    const token = sent.slice(prefix.length).trimStart();
    return token === "" || /\s/.test(token) ? null : token;
  };
}

function requireName(option: string, name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new ConfigError({ option, problem: "must be given a name", example: `${option}("x-access-token")` });
}

/** The first token that is found. An extractor that throws refuses the request. */
function findFirst(extractors: readonly JwtFromRequestFunction[], request: unknown): string | null {
  for (const extract of extractors) {
    const token = extract(request);
    if (token) return token;
  }
  return null;
}

/** An own member of headers or body: properties of `Object.prototype` are no tokens (CWE-1321). */
function readOwn(record: unknown, name: string): string | null {
  if (typeof record !== "object" || record === null || !Object.hasOwn(record, name)) return null;
  // A list or an object is passed on, and refused as a token that must be a string.
  return ((record as Record<string, unknown>)[name] || null) as string | null;
}
