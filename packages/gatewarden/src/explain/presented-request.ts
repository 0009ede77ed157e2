// How a token was presented: as text, or with a request. If the guard finds no token, the text in
// its place or near it.
import { type GuardRequest, readHeader } from "../request/credentials.js";
import { looksLikeJwt, readShape } from "./shape/shape.js";
import { findHeaderToken, findQueryToken } from "./specifics/explain-credentials.js";

/**
 * The request, if one was presented. Members that are missing, unreadable or of the wrong type
 * count as empty.
 */
export function readRequest(presented: unknown): GuardRequest | undefined {
  if (typeof presented !== "object" || presented === null) return undefined;
  const request = presented as Partial<GuardRequest>;
  try {
    const { method, url, headers } = request;
    if (typeof method === "string" && typeof url === "string" && isHeaders(headers)) return presented as GuardRequest;
    return {
      method: typeof method === "string" ? method : "GET",
      url: typeof url === "string" ? url : "/",
      headers: isHeaders(headers) ? headers : {},
    };
  } catch {
    return { method: "GET", url: "/", headers: {} };
  }
}

function isHeaders(headers: unknown): headers is GuardRequest["headers"] {
  return typeof headers === "object" && headers !== null;
}

const twice = {
  cause: "The scheme is there twice: `Bearer Bearer …`.",
  fix: "Give the client the token alone: it adds `Bearer ` itself.",
};

/** Describes what the Authorization header holds instead of a scheme and a token. */
export function describeHeader({ headers }: GuardRequest): ReturnType<typeof readShape> {
  const value = readHeader(headers, "authorization");
  if (typeof value !== "string") return undefined;
  const [, scheme, rest] = /^\s*(bearer|dpop)\b(?:\s+(.*))?$/is.exec(value) ?? [];
  if (scheme === undefined) return readShape(value);
  if (rest !== undefined && /^(bearer|dpop)\s/i.test(rest)) return { ...readShape(rest), ...twice };
  if (rest) return readShape(rest);
  return {
    cause: `After \`${scheme}\` there is no token: usually a variable that was not set where the request was made.`,
    fix: "Print the length of the variable there. In a shell, variables are replaced within double quotes only.",
  };
}

/**
 * The token that was probably meant. It is explained as well, so that the next mistake is visible
 * at once.
 */
export function salvage(request: GuardRequest): string | undefined {
  const shape = describeHeader(request);
  const value = readHeader(request.headers, "authorization");
  if (shape?.token !== undefined) return shape.token;
  const bare = typeof value === "string" ? value.trim() : undefined;
  const candidates = [bare, findHeaderToken(request)?.value, findQueryToken(request)?.value].filter(
    (one) => one !== undefined,
  );
  for (const one of candidates) {
    const token = looksLikeJwt(one) ? one : readShape(one)?.token;
    if (token !== undefined) return token;
  }
  return undefined;
}
