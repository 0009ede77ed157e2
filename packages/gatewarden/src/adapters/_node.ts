// What adapters over node:http share. It keeps only the first of several Authorization headers, so the raw ones are counted.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Refusal, RequestHeaders } from "../index.js";

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

/** Answers with a refusal, its challenge beside what others have set (RFC 9110 §11.6.1). */
export function writeRefusal(response: ServerResponse, { status, headers, body }: Refusal): void {
  for (const [name, value] of Object.entries(headers)) {
    const values = typeof value === "string" ? value : [...value];
    if (name === "www-authenticate") response.appendHeader(name, values);
    else response.setHeader(name, values);
  }
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
