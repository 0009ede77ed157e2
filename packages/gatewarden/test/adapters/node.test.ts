import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import {
  type ClientHttp2Session,
  connect,
  createServer as createHttp2Server,
  createSecureServer,
  type Http2Server,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { type AddressInfo, connect as connectSocket } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ProtectOptions, protect } from "../../src/adapters/node.js";
import { createGuard, type GuardOptions } from "../../src/index.js";
import { createTlsTenant } from "../support/bound-tokens.js";
import { createIdentity, type Identity } from "../support/certificates.js";
import { guardWith, token } from "../support/keys.js";
import { listen, originOf, toTlsOptions } from "../support/listen.js";
import { call } from "../support/request.js";
import {
  answerOf,
  earlierChallenge,
  earlierExposed,
  type Route,
  routes,
  type Setting,
  toOptions,
} from "./_application.js";
import { describeConformance } from "./_conformance.js";

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, _request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ problem: error.reason }));
};

function toListener({ need, path }: Route, { guard, reshape }: Setting): RequestListener {
  const options = reshape ? { onRefusal, ...toOptions(need) } : need[0];
  const answer = async (request: IncomingMessage, response: ServerResponse, auth?: Parameters<typeof answerOf>[0]) => {
    const body = request.method === "POST" ? await readBody(request) : undefined;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answerOf(auth, body)));
  };
  const listener = options ? protect(guard, options, answer) : protect(guard, answer);
  if (path === "/twice") return protect(guard, listener);
  if (path !== "/earlier-challenge") return listener;
  return (request, response) => {
    response.setHeader("www-authenticate", earlierChallenge);
    response.setHeader("access-control-expose-headers", earlierExposed);
    listener(request, response);
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function toServer(setting: Setting): RequestListener {
  const listeners = new Map(routes.map((route) => [`${route.method} ${route.path}`, toListener(route, setting)]));
  return (request, response) => {
    const method = request.method === "HEAD" ? "GET" : request.method;
    const listener = listeners.get(`${method} ${request.url?.split("?")[0]}`);
    if (listener) listener(request, response);
    else response.writeHead(404).end();
  };
}

describeConformance("gatewarden/node", { start: (setting) => listen(toServer(setting), setting.tls) });

describe("gatewarden/node has no framework to hand errors to, so", () => {
  const waits: GuardOptions = { revocation: { isRevoked: async () => false } };
  const guards: readonly (readonly [string, GuardOptions])[] = [
    ["at once", {}],
    ["after a wait", waits],
  ];
  const warnings: string[] = [];
  const hear = (warning: Error) => void warnings.push(`${(warning as { code?: string }).code}: ${warning.message}`);
  beforeEach(() => void process.on("warning", hear));
  afterEach(() => {
    process.off("warning", hear);
    warnings.length = 0;
  });

  const fail = (): never => {
    throw new TypeError("value of a client");
  };
  const send = async (listener: RequestListener, credentials: string): Promise<number> => {
    const { origin, close } = await listen(listener);
    const { status } = await call(origin, { headers: { authorization: `Bearer ${credentials}` } });
    await close();
    return status;
  };

  test.each(guards)("a handler that throws %s is answered 500, and told as a warning", async (_when, changes) => {
    expect(await send(protect(guardWith(changes), fail), token())).toBe(500);
    expect(warnings).toEqual(["GATEWARDEN_HANDLER: What follows protect failed: TypeError"]);
  });

  test.each(guards)("a handler that rejects %s is answered 500", async (_when, changes) => {
    expect(
      await send(
        protect(guardWith(changes), async () => fail()),
        token(),
      ),
    ).toBe(500);
  });

  test("an onRefusal that throws or rejects is answered 500", async () => {
    const listener = (onRefusal: () => void) => protect(guardWith(), { optional: true, onRefusal }, () => {});
    expect(await send(listener(fail), "x")).toBe(500);
    expect(
      await send(
        listener(async () => fail()),
        "x",
      ),
    ).toBe(500);
  });

  test("what a handler said of the answer that was to be is not said of the 500", async () => {
    const listener = protect(guardWith(), (_request: IncomingMessage, response: ServerResponse) => {
      response.setHeader("content-length", 1000);
      fail();
    });
    expect(await send(listener, token())).toBe(500);
  });

  test("a handler that fails in the middle of its answer ends the connection, and one at its end changes nothing", async () => {
    const begins = protect(guardWith(), (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { "content-length": 2 }).write("a");
      fail();
    });
    await expect(send(begins, token())).rejects.toMatchObject({ code: "ECONNRESET" });
    const ends = protect(guardWith(), (_request: IncomingMessage, response: ServerResponse) => {
      response.end("all");
      fail();
    });
    expect(await send(ends, token())).toBe(200);
  });

  test("a handler that does not fail is not heard of", async () => {
    const listener = protect(guardWith(waits), async (_request, response) => void response.end("in"));
    expect(await send(listener, token())).toBe(200);
    expect(warnings).toEqual([]);
  });
});

describe("gatewarden/node over HTTP/2", () => {
  let tenant: Tenant;
  let server: Http2Server;
  let client: ClientHttp2Session;

  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
    server = createHttp2Server(
      protect(guard, (_request, response: Http2ServerResponse, auth) => response.end(auth.subject ?? "")),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = connect(originOf(server));
  });
  afterAll(async () => {
    client.close();
    await new Promise((resolve) => server.close(resolve));
    await tenant.close();
  });

  async function ask(headers: OutgoingHttpHeaders): Promise<{ head: IncomingHttpHeaders; text: string }> {
    const stream = client.request({ ":path": "/", ...headers });
    const head = new Promise<IncomingHttpHeaders>((resolve) => stream.once("response", resolve));
    let text = "";
    for await (const chunk of stream) text += chunk;
    return { head: await head, text };
  }

  test("a valid token gets in", async () => {
    const { access_token } = await tenant.token({ as: "alice" });
    const { head, text } = await ask({ authorization: `Bearer ${access_token}` });
    expect([head[":status"], text]).toEqual([200, "auth0|alice"]);
  });

  test.each([
    ["GET", expect.stringContaining("credentials_missing")],
    ["HEAD", ""],
  ])("a %s without a token is refused with a challenge", async (method, body) => {
    const { head, text } = await ask({ ":method": method });
    expect([head[":status"], head["www-authenticate"], text]).toEqual([401, 'Bearer realm="api"', body]);
  });

  test("two Authorization headers are refused", async () => {
    // Written by hand: Node's client refuses to send them. SETTINGS, then HEADERS with literal fields (RFC 9113 §4.1, RFC 7541 §6.2.2).
    const fields = [
      ":method: GET",
      ":scheme: http",
      ":path: /",
      ":authority: api",
      ...Array(2).fill("authorization: Bearer x"),
    ];
    const block = Buffer.concat(fields.map(toLiteralField));
    const stream = connectSocket((server.address() as AddressInfo).port, "127.0.0.1");
    stream.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    stream.write(
      Buffer.concat([Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, block.length, 1, 5, 0, 0, 0, 1]), block]),
    );
    let answer = "";
    for await (const chunk of stream) {
      answer += chunk;
      if (answer.includes('"reason"')) break;
    }
    expect(answer).toContain("credentials_multiple");
  });
});

describe("gatewarden/node over HTTP/2 with TLS", () => {
  test("a token bound to a certificate gets in over a connection with it", async () => {
    const tls = await createTlsTenant();
    const { issuer, audience } = tls.tenant;
    const guard = createGuard({ issuer, audience, fetch: tls.fetch, mtls: { mode: "required" } });
    const server = createSecureServer(
      toTlsOptions(tls.server),
      protect(guard, (_request, response: Http2ServerResponse, auth) => response.end(auth.subject ?? "")),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const token = (await (await tls.requestToken(tls.client)).json()) as { readonly access_token: string };
    const ask = async (identity?: Identity): Promise<number | undefined> => {
      const client = connect(originOf(server), { ca: tls.server.cert, ...identity });
      const stream = client.request({ ":path": "/", authorization: `Bearer ${token.access_token}` });
      const [head] = await once(stream, "response");
      await stream.resume().toArray();
      client.close();
      return head[":status"];
    };
    expect(await ask(tls.client)).toBe(200);
    expect(await ask(createIdentity("thief"))).toBe(401);
    expect(await ask()).toBe(401);
    await new Promise((resolve) => server.close(resolve));
    await tls.tenant.close();
  });
});

function toLiteralField(field: string): Buffer {
  const split = field.indexOf(": ");
  const [name, value] = [field.slice(0, split), field.slice(split + 2)];
  return Buffer.from([0, name.length, ...Buffer.from(name), value.length, ...Buffer.from(value)]);
}
