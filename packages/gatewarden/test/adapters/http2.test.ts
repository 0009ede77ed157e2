// Fastify, and adapters for Fetch handlers, on node:http2 without TLS, and on node:http with a Host that a URL spells otherwise.
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { connect, createServer, type Http2Server, type OutgoingHttpHeaders } from "node:http2";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { getRequestListener } from "@hono/node-server";
import { generateKeyPair, generateProof, type KeyPair } from "dpop";
import fastify from "fastify";
import { H3, toNodeHandler } from "h3";
import { Hono } from "hono";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { gatewarden } from "../../src/adapters/fastify.js";
import { protect as protectH3 } from "../../src/adapters/h3.js";
import { protect as protectHono } from "../../src/adapters/hono.js";
import { createGuard, type Guard, type GuardOptions } from "../../src/index.js";
import { readHeader } from "../../src/request/credentials.js";
import { requestToken } from "../support/bound-tokens.js";
import { listen, originOf } from "../support/listen.js";
import { call } from "../support/request.js";

let tenant: Tenant;
let keys: KeyPair;
let token: string;
const running: Http2Server[] = [];

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  keys = await generateKeyPair("ES256");
  token = await requestToken(tenant, keys);
});
afterAll(() => tenant.close());
afterEach(async () => {
  for (const server of running.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function createListener(name: "Fastify" | "Hono" | "h3", options: GuardOptions): Promise<RequestListener> {
  const { issuer, audience } = tenant;
  const guard = createGuard({ issuer, audience, dpop: { mode: "allowed" }, env: {}, ...options }) as Guard;
  if (name === "Fastify") {
    const app = fastify();
    await app.register(gatewarden, { guard });
    app.get("/private", { auth: true }, (request) => request.auth.subject);
    await app.ready();
    return (request, response) => app.routing(request, response);
  }
  return name === "h3"
    ? toNodeHandler(new H3().get("/private", (event) => event.context.auth.subject, { middleware: [protectH3(guard)] }))
    : getRequestListener(
        new Hono().get("/private", protectHono(guard), (context) => context.text(context.var.auth.subject ?? "")).fetch,
      );
}

const prove = async (url: string) => ({
  authorization: `DPoP ${token}`,
  dpop: await generateProof(keys, url, "GET", undefined, token),
});

describe.each(["Fastify", "Hono", "h3"] as const)("%s", (name) => {
  async function start(options: GuardOptions = {}): Promise<string> {
    const server = createServer((await createListener(name, options)) as never);
    running.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return originOf(server);
  }

  async function ask(origin: string, headers: OutgoingHttpHeaders): Promise<readonly [unknown, string]> {
    const client = connect(origin);
    const stream = client.request({ ":path": "/private", ...headers });
    const [head] = await once(stream, "response");
    let text = "";
    for await (const chunk of stream) text += chunk;
    client.close();
    return [head[":status"], text];
  }

  test("a token bound to a key gets in over HTTP/2, and not with a proof for another host", async () => {
    const origin = await start();
    expect(await ask(origin, await prove(`${origin}/private`))).toEqual([200, "machine"]);
    const [status, text] = await ask(origin, await prove("http://other.test/private"));
    expect([status, text]).toEqual([401, expect.stringContaining("dpop_target_mismatch")]);
  });

  test("a Host that differs from the authority of HTTP/2 is refused where the host counts", async () => {
    const origin = await start();
    for (const host of ["127.0.0.1", "other.test"]) {
      const headers = { ...(await prove(`http://${host}/private`)), ":authority": "127.0.0.1", host: "other.test" };
      const [status, text] = await ask(origin, headers);
      expect([status, text]).toEqual([expect.any(Number), expect.stringContaining("target_unknown")]);
    }
  });

  test("a resolver is told by the host of HTTP/2 too", async () => {
    const origin = await start({
      issuer: {
        resolve: (iss, host) => (iss === tenant.issuer && host === "own.test" ? { issuer: iss } : undefined),
        allowPrivateNetwork: true,
        tenant: ({ headers }) =>
          String(typeof headers["get"] === "function" ? headers.get("host") : readHeader(headers, ":authority")),
      },
      dpop: { mode: "off" },
    });
    const { access_token } = await tenant.token({ as: "alice" });
    const authorization = `Bearer ${access_token}`;
    expect(await ask(origin, { authorization, ":authority": "own.test" })).toEqual([200, "auth0|alice"]);
    const [status, text] = await ask(origin, { authorization, ":authority": "other.test" });
    expect([status, text]).toEqual([401, expect.stringContaining("issuer_untrusted")]);
  });

  test.each(["api.test", "api.test:80", "API.test"])(
    "a proof for http://api.test is good at the Host %s",
    async (host) => {
      const { origin, close } = await listen(await createListener(name, {}));
      const headers = { ...(await prove("http://api.test/private")), host };
      expect(await call(`${origin}/private`, { headers })).toMatchObject({ status: 200, text: "machine" });
      await close();
    },
  );
});
