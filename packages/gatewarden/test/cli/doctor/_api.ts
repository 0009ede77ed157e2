// Runs doctor against an API: the example, or one of a few lines that is protected badly in one way.
import type { IncomingMessage, ServerResponse } from "node:http";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll } from "vitest";
import { type Listening, listen } from "../../support/listen.js";
import { type Examination, examine } from "./_examine.js";

/** The origin of pages that may call. */
export const origin = "https://app.acme.test";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Refusing {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}

export function refuse(response: ServerResponse, { status = 401, headers = {}, body = "{}" }: Refusing = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

/** What a good API answers: a challenge, with the error only where something was sent, and 400 for two headers. */
export const good: Handler = (request, response) => {
  const sent = request.headersDistinct["authorization"] ?? [];
  if (sent.length > 1) return refuse(response, { status: 400 });
  const challenge = sent.length === 0 ? "Bearer" : 'Bearer error="invalid_token"';
  refuse(response, { headers: { "www-authenticate": challenge } });
};

export interface Clinic {
  readonly tenant: () => Tenant;
  /** Closes it after the test. */
  readonly keep: (server: Listening) => Listening;
  readonly examineApi: (url: string, ...args: string[]) => Promise<Examination>;
  readonly examineHandler: (handler: Handler, ...args: string[]) => Promise<{ url: string; seen: Examination }>;
}

/** A local tenant for all tests of a file, and servers for one test each. */
export function openClinic(): Clinic {
  let tenant: Tenant;
  const servers: Listening[] = [];
  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  afterAll(() => tenant.close());
  const keep = (server: Listening): Listening => {
    servers.push(server);
    return server;
  };
  const examineApi = (url: string, ...args: string[]) =>
    examine({
      env: { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience },
      args: ["--url", url, ...args],
      // Most of these servers accept no token at all, so the tenant does not say that it is one.
      fetch: (at, init) => (new URL(at).pathname === "/dev" ? Promise.reject(new TypeError("none")) : fetch(at, init)),
    });
  const examineHandler = async (handler: Handler, ...args: string[]) => {
    const url = `${keep(await listen(handler)).origin}/api`;
    return { url, seen: await examineApi(url, ...args) };
  };
  return { tenant: () => tenant, keep, examineApi, examineHandler };
}
