// A token endpoint on a real socket: what it was asked, and answers that a test can switch.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll } from "vitest";
import { createTokenExchange, type TokenExchangeOptions } from "../../../src/exchange/client/client.js";
import { type Answer, type IssuerServer, json, metadataPath, startIssuer } from "../../support/issuer-server.js";

/** A request as it arrived. */
export interface TokenRequest {
  readonly headers: IncomingMessage["headers"];
  /** Parameters in order, repeated ones too. */
  readonly parameters: readonly (readonly [string, string])[];
}

export interface TokenServer extends IssuerServer {
  readonly asked: TokenRequest[];
  /** Sets how the endpoint answers from now on. */
  answer(answer: Answer): void;
}

/** A good answer, with a token that says which one it is. */
export function grants(extra: Readonly<Record<string, unknown>> = {}): Answer {
  let count = 0;
  return (request, response) => {
    count++;
    json({ access_token: `granted-${count}`, token_type: "Bearer", expires_in: 600, ...extra })(request, response);
  };
}

/** An OAuth error (RFC 6749 §5.2). */
export function refuses(error: string, extra: Readonly<Record<string, unknown>> = {}, status = 400): Answer {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error, ...extra }));
  };
}

const servers: IssuerServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

export async function startTokenServer(): Promise<TokenServer> {
  const server = await startIssuer();
  servers.push(server);
  const asked: TokenRequest[] = [];
  let current = grants();
  const { issuer, origin } = server;
  server.on(metadataPath, json({ issuer, jwks_uri: `${origin}/jwks`, token_endpoint: `${origin}/token` }));
  server.on("/token", (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const parameters = [...new URLSearchParams(Buffer.concat(chunks).toString("utf8"))];
      asked.push({ headers: request.headers, parameters });
      current(request, response);
    });
  });
  const answer = (next: Answer) => {
    current = next;
  };
  return Object.assign(server, { asked, answer });
}

export const clientSecret = "s3cret-of-the-orders-api";
export const inSeconds = (seconds: number) => Date.now() / 1000 + seconds;

/** An exchange at that server. */
export function exchangeAt({ issuer }: IssuerServer, changes: Partial<TokenExchangeOptions> = {}) {
  return createTokenExchange({ issuer, clientId: "orders-api", auth: { clientSecret }, ...changes });
}
