// What the listener publishes: the keys of internal tokens (RFC 7517 §5), and the metadata of the
// protected resource (RFC 9728), if they are configured. Everything else is not found.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Guard } from "gatewarden";
import type { PublicKeySet } from "../identity/token-issuer.js";

/** What is published, as far as it is configured. */
export interface Published {
  readonly metadata: ReturnType<Guard["metadata"]>;
  /** The public keys of internal tokens. */
  readonly keySet: PublicKeySet | undefined;
}

/** Answers a request that asks for no decision. */
export function answerWellKnown(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { metadata, keySet }: Published,
): void {
  const isMetadata = metadata !== undefined && url === metadata.path;
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && url === "/.well-known/jwks.json" && keySet !== undefined) {
    send(response, { "cache-control": "public, max-age=300" }, keySet);
  } else if (isRead && isMetadata) {
    send(response, metadata.headers, metadata.body);
  } else if (method === "OPTIONS" && isMetadata) {
    response.writeHead(204, metadata.preflight).end();
  } else {
    // A proxy that asks at another path would take 2xx for "allowed".
    response.writeHead(404, { "content-length": 0, connection: "close" }).end();
  }
}

function send(response: ServerResponse, headers: Readonly<Record<string, string>>, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(200, {
    "content-type": "application/json",
    ...headers,
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
