// Reads request bodies, and replaces them with rewritten ones.
import { IncomingMessage } from "node:http";
import { TenantError } from "../errors.js";

const MAX_BYTES = 64 * 1024;

/** The body as text; throws a {@link TenantError} when it is larger than 64 KiB. */
export async function loadBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop must not destroy the request: the client would get a reset instead of the
  // refusal.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BYTES) throw new TenantError("invalid_request", "The request body is larger than 64 KiB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The same request with a form as its body, for later handlers that read the body themselves. */
export function withForm(request: IncomingMessage, form: URLSearchParams): IncomingMessage {
  return withBody(request, "application/x-www-form-urlencoded", form.toString());
}

/** The same request with a JSON document as its body. */
export function withJson(request: IncomingMessage, document: unknown): IncomingMessage {
  return withBody(request, "application/json", JSON.stringify(document));
}

function withBody(request: IncomingMessage, type: string, content: string): IncomingMessage {
  const body = Buffer.from(content);
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method ?? "POST";
  copy.url = request.url ?? "/";
  copy.httpVersion = request.httpVersion;
  copy.headers = {
    ...request.headers,
    "content-type": type,
    "content-length": String(body.length),
  };
  delete copy.headers["transfer-encoding"];
  copy.push(body);
  copy.push(null);
  // Node treats a message that was not fully received as aborted, and would close the connection.
  copy.complete = true;
  return copy;
}
