// What node:http hides: it keeps only the first of several Authorization headers, so the raw ones are counted.
import type { IncomingMessage } from "node:http";
import type { RequestHeaders } from "../index.js";

/** The headers of a request as the guard wants them: with every Authorization header that was sent (RFC 6750 §3.1). */
export function readHeaders(request: IncomingMessage): RequestHeaders {
  const { rawHeaders } = request;
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length === 13 && name.toLowerCase() === "authorization") found++;
  }
  if (found < 2) return request.headers;
  return { ...request.headers, authorization: request.headersDistinct["authorization"] ?? [] };
}
