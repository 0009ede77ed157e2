// Where a request carries its token: the Authorization header, the query or a form (RFC 6750 §2).
import type { Request } from "express";
import { InvalidRequestError, UnauthorizedError } from "./bearer-errors.js";

/** A token, with how it was presented. */
export interface Presented {
  readonly token: string;
  /** Whether it is in the Authorization header. */
  readonly isInHeader: boolean;
}

/** The parts of a request that are read. Frameworks and tests may leave out any of them. */
type Carrier = Pick<Request, "headers" | "is"> & { readonly query?: unknown; readonly body?: unknown };

/** Scheme and token, separated by one blank. */
const credentials = /^(?:bearer|dpop) (\S+)$/i;

/**
 * The scheme in lower case; undefined where Authorization is absent or has other than two words.
 */
export function readScheme({ headers }: Carrier): string | undefined {
  const words = headers.authorization?.split(" ") ?? [];
  return words.length === 2 ? words[0]?.toLowerCase() : undefined;
}

/**
 * Whether the request has anything in a place of tokens. Only a request that has not is anonymous:
 * what cannot be read as a token is refused (CWE-287).
 */
export function hasCredentials(request: Carrier): boolean {
  const { authorization } = request.headers;
  if (authorization !== undefined && authorization !== "") return true;
  return readMember(request.query) !== undefined || (isForm(request) && readMember(request.body) !== undefined);
}

/**
 * The request's only token. Throws `InvalidRequestError` for tokens in several places (RFC 6750
 * §2), and for what cannot be read as one; `UnauthorizedError` where there is none.
 */
export function parseToken(request: Carrier, takesDpop: boolean): Presented {
  const { authorization, dpop } = request.headers;
  const inHeader = authorization === undefined ? undefined : parseHeader(authorization);
  const inQuery = readMember(request.query);
  const inBody = readMember(request.body);
  const places = [inHeader, inQuery, isForm(request) ? inBody : undefined].filter((one) => one !== undefined);
  if (places.length > 1 || Array.isArray(places[0])) throw new InvalidRequestError(moreThanOne);
  const [token] = places;
  if (typeof token === "string") return { token, isInHeader: inHeader !== undefined };
  const isMalformed = token !== undefined || authorization !== undefined || typeof inBody === "string";
  if (isMalformed || (takesDpop && dpop !== undefined)) throw new InvalidRequestError("", false);
  throw new UnauthorizedError();
}

const moreThanOne = "More than one method used for authentication";

/** Undefined for another scheme. Throws where the header is not two words. */
function parseHeader(authorization: string): string | undefined {
  if (authorization.split(" ").length !== 2) throw new InvalidRequestError("", false);
  return credentials.exec(authorization)?.[1];
}

function isForm(request: Carrier): boolean {
  return Boolean(request.is("urlencoded"));
}

/** The own member `access_token` of a parsed query or body (CWE-1321). */
function readMember(holder: unknown): unknown {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, "access_token")) return undefined;
  return (holder as { readonly access_token?: unknown }).access_token;
}
