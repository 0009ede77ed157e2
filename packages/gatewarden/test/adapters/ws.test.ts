import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { expiredCloseCode, type NeedOptions, protectUpgrade } from "../../src/adapters/ws.js";
import {
  type Auth,
  createGuard,
  type Guard,
  type GuardOptions,
  permission,
  type Requirement,
} from "../../src/index.js";
import { createTlsTenant } from "../support/bound-tokens.js";
import { type Listening, listenWith, type TlsTerms, toTlsOptions } from "../support/listen.js";
import { call, sendRaw } from "../support/request.js";
import { createNonceClient } from "./_proofs.js";

let tenant: Tenant;
const running: Listening[] = [];

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());
afterEach(() => void vi.useRealTimers());
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A server that answers every message with who sent it. */
async function start(need?: Requirement | NeedOptions, options?: GuardOptions, tls?: TlsTerms): Promise<string> {
  const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, ...options }) as Guard;
  const server = tls ? createTlsServer(toTlsOptions(tls)) : createServer();
  const upgrade = protectUpgrade(guard, {
    sockets: new WebSocketServer({ noServer: true }),
    ...(need && { need }),
    onConnection: (socket, session) => {
      socket.on("message", (data) => {
        if (String(data) === "who") socket.send(session.auth?.subject ?? "nobody");
      });
    },
  });
  server.on("upgrade", upgrade);
  const listening = await listenWith(server);
  running.push(listening);
  return listening.origin;
}

async function tokenOf(request: TokenRequest = { as: "alice" }): Promise<string> {
  return (await tenant.token(request)).access_token;
}

function open(origin: string, token?: string): WebSocket {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new WebSocket(origin.replace("http", "ws"), { headers });
}

async function ask(socket: WebSocket, message: string): Promise<string> {
  socket.send(message);
  const [data] = await once(socket, "message");
  return String(data);
}

function authenticate(socket: WebSocket, token: string): Promise<string> {
  return ask(socket, JSON.stringify({ type: "authenticate", token }));
}

/** From now on time only passes where a test says so, however slow the machine is. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
}

/** Its keys as they are now, so that nothing is fetched while time passes in leaps. */
async function keysOf({ issuer }: Tenant, ask = fetch): Promise<{ jwks: { keys: Record<string, unknown>[] } }> {
  const response = await ask(`${issuer}.well-known/jwks.json`);
  return { jwks: (await response.json()) as { keys: Record<string, unknown>[] } };
}

/** A deny list with everything or nothing on it, and how often it was asked. */
function createSwitch() {
  const state = { isRevoked: false, asked: 0 };
  const isRevoked = () => {
    state.asked++;
    return state.isRevoked;
  };
  return { state, revocation: { isRevoked } };
}

/** Lets a minute pass, in which the deny list is asked again. */
async function passLook(state: { readonly asked: number }): Promise<void> {
  const { asked } = state;
  await vi.advanceTimersByTimeAsync(60_000);
  while (state.asked === asked) await new Promise((resolve) => setImmediate(resolve));
}

const upgradeHeaders = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==",
};

describe("gatewarden/ws", () => {
  test("a valid token opens the connection and the handler knows whose it is", async () => {
    const socket = open(await start(), await tokenOf());
    await once(socket, "open");
    expect(await ask(socket, "who")).toBe("auth0|alice");
    socket.close();
  });

  test("an upgrade without a token is answered with status, challenge and body", async () => {
    const answer = await call(await start(), { headers: upgradeHeaders });
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    expect(answer.json).toMatchObject({ reason: "credentials_missing" });
  });

  test("an upgrade without the permission is 403, and with two tokens 400", async () => {
    const origin = await start(permission("read:admin"));
    const authorization = `Bearer ${await tokenOf({ as: "carol", permissions: [] })}`;
    const answer = await call(origin, { headers: { ...upgradeHeaders, authorization } });
    expect(answer.status).toBe(403);
    expect(answer.challenge).toContain('scope="read:admin"');
    const headers = Object.entries(upgradeHeaders).map(([name, value]) => `${name}: ${value}`);
    const line = `authorization: ${authorization}`;
    expect(await sendRaw(origin, ["GET / HTTP/1.1", "Host: api.local", ...headers, line, line])).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  test("the connection closes with 4401 when the token expires", async () => {
    const socket = open(await start(), await tokenOf({ as: "alice", expiresIn: 1 }));
    const [code, reason] = await once(socket, "close");
    expect([code, String(reason)]).toEqual([expiredCloseCode, "expired"]);
  });

  test("an upgrade is proven with DPoP, and its answer brings the next nonce", async () => {
    const client = await createNonceClient(tenant);
    const origin = await start(undefined, client.options);
    const first = await call(origin, { headers: { ...upgradeHeaders, ...(await client.prove("GET", `${origin}/`)) } });
    expect(first.challenge).toContain('error="use_dpop_nonce"');
    client.turn();
    const headers = await client.prove("GET", `${origin}/`, String(first.headers["dpop-nonce"]));
    const socket = new WebSocket(origin.replace("http", "ws"), { headers });
    const [response] = await once(socket, "upgrade");
    expect(response.headers["dpop-nonce"]).toMatch(/^[\w-]{22}$/);
    expect(await ask(socket, "who")).toBe("machine");
    socket.close();
  });

  test("a message with a new token lets the connection outlive the old one", async () => {
    stopTime();
    const socket = open(await start(), await tokenOf({ as: "alice", expiresIn: 10 }));
    await once(socket, "open");
    expect(JSON.parse(await authenticate(socket, await tokenOf()))).toMatchObject({ type: "authenticated" });
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await ask(socket, "who")).toBe("auth0|alice");
    socket.close();
  });

  test.each<[string, string, () => Promise<string>]>([
    ["of somebody else", "claim_mismatch", () => tokenOf({ as: "bob", permissions: ["read:admin"] })],
    ["without the permission", "permission_missing", () => tokenOf({ as: "alice", permissions: [] })],
    ["that is none", "credentials_malformed", async () => "no token"],
  ])("a token %s is refused with %s and changes nothing", async (_name, reason, makeToken) => {
    const socket = open(await start(permission("read:admin")), await tokenOf());
    await once(socket, "open");
    expect(JSON.parse(await authenticate(socket, await makeToken()))).toMatchObject({ type: "refused", reason });
    expect(await ask(socket, "who")).toBe("auth0|alice");
    socket.close();
  });

  test("an anonymous connection logs in with a message", async () => {
    const socket = open(await start({ optional: true }));
    await once(socket, "open");
    expect(await ask(socket, "who")).toBe("nobody");
    expect(JSON.parse(await authenticate(socket, await tokenOf()))).toMatchObject({ type: "authenticated" });
    expect(await ask(socket, "who")).toBe("auth0|alice");
    socket.close();
  });

  /** The tenant's tokens count at the host `own.test` only; `strict`: also not where no host is known. */
  function trustAt({ strict }: { readonly strict: boolean }): GuardOptions {
    const isRight = (host?: string) => host === "own.test" || (host === undefined && !strict);
    return {
      issuer: {
        resolve: (iss, host) => (iss === tenant.issuer && isRight(host) ? { issuer: iss } : undefined),
        allowPrivateNetwork: true,
        tenant: ({ headers }) => ("host" in headers ? String(headers["host"]) : undefined),
      },
    };
  }

  test.each([
    ["is refused at another host than its tenant's", "other.test", false, { reason: "issuer_untrusted" }],
    ["is taken at its tenant's host", "own.test", true, { type: "authenticated" }],
  ])("the token of a message %s", async (_name, host, strict, expected) => {
    const origin = await start({ optional: true }, trustAt({ strict }));
    const socket = new WebSocket(origin.replace("http", "ws"), { headers: { host } });
    await once(socket, "open");
    expect(JSON.parse(await authenticate(socket, await tokenOf()))).toMatchObject(expected);
    socket.close();
  });

  test("a token bound to the connection's certificate renews it", async () => {
    const tls = await createTlsTenant();
    const bound = async () => (await (await tls.requestToken(tls.client)).json()) as { readonly access_token: string };
    const { issuer, audience } = tls.tenant;
    const options: GuardOptions = { issuer, audience, fetch: tls.fetch, mtls: { mode: "required" } };
    const origin = await start({ optional: true }, options, tls.server);
    const socket = new WebSocket(origin.replace("http", "ws"), { ca: tls.server.cert, ...tls.client });
    await once(socket, "open");
    const first = await authenticate(socket, (await bound()).access_token);
    expect(JSON.parse(first)).toMatchObject({ type: "authenticated" });
    expect(JSON.parse(await authenticate(socket, (await bound()).access_token))).toMatchObject({
      type: "authenticated",
    });
    socket.close();
    await tls.tenant.close();
  });

  test("a message brings no proof, whatever the upgrade brought: a token bound to a key is refused", async () => {
    const client = await createNonceClient(tenant);
    const { nonce: _nonce, ...dpop } = client.options.dpop as { mode: "allowed"; nonce: unknown };
    const origin = await start(undefined, { ...client.options, dpop });
    const headers = await client.prove("GET", `${origin}/`);
    const socket = new WebSocket(origin.replace("http", "ws"), { headers });
    await once(socket, "open");
    const answer = await authenticate(socket, headers.authorization.slice("DPoP ".length));
    expect(JSON.parse(answer)).toMatchObject({ type: "refused", reason: "binding_unproven" });
    socket.close();
  });

  test("a connection proven with DPoP lasts without another proof, and ends when its token is revoked", async () => {
    const keys = await keysOf(tenant);
    stopTime();
    const { state, revocation } = createSwitch();
    const refused: string[] = [];
    const client = await createNonceClient(tenant);
    const origin = await start(undefined, {
      ...client.options,
      ...{ keys, dpop: { mode: "allowed" } },
      now: () => Date.now() / 1000,
      revocation,
      onDecision: (decision) => void (decision.outcome === "refused" && refused.push(decision.error.reason)),
    });
    const headers = await client.prove("GET", `${origin}/`);
    const socket = new WebSocket(origin.replace("http", "ws"), { headers });
    await once(socket, "open");
    for (let minute = 0; minute < 6; minute++) await passLook(state);
    expect(await ask(socket, "who")).toBe("machine");
    // A look at it without its proof is no attempt to use it without.
    expect(refused).toEqual([]);
    state.isRevoked = true;
    const closed = once(socket, "close");
    await passLook(state);
    expect((await closed).map(String)).toEqual([String(expiredCloseCode), "token_revoked"]);
  });

  test("a connection with a token bound to its certificate lasts, and ends when its token is revoked", async () => {
    const tls = await createTlsTenant();
    const response = await tls.requestToken(tls.client);
    const { access_token } = (await response.json()) as { readonly access_token: string };
    const keys = await keysOf(tls.tenant, tls.fetch);
    stopTime();
    const { state, revocation } = createSwitch();
    const { issuer, audience } = tls.tenant;
    const options: GuardOptions = { issuer, audience, keys, mtls: { mode: "required" }, revocation };
    const origin = await start(undefined, options, tls.server);
    const headers = { authorization: `Bearer ${access_token}` };
    const socket = new WebSocket(origin.replace("http", "ws"), { ca: tls.server.cert, ...tls.client, headers });
    await once(socket, "open");
    for (let minute = 0; minute < 6; minute++) await passLook(state);
    expect(await ask(socket, "who")).toBe("machine");
    state.isRevoked = true;
    const closed = once(socket, "close");
    await passLook(state);
    expect((await closed).map(String)).toEqual([String(expiredCloseCode), "token_revoked"]);
    await tls.tenant.close();
  });

  test("a client that goes away during the check does no harm", async () => {
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const origin = await start(undefined, {
      fetch: async (...args) => {
        asked();
        await gate;
        return fetch(...args);
      },
    });
    const headers = Object.entries({ ...upgradeHeaders, authorization: `Bearer ${await tokenOf()}` });
    const stream = connect(Number(new URL(origin).port), "127.0.0.1");
    stream.write(`GET / HTTP/1.1\r\nHost: api\r\n${headers.map((pair) => pair.join(": ")).join("\r\n")}\r\n\r\n`);
    await isAsked;
    stream.resetAndDestroy();
    release();
    const socket = open(origin, await tokenOf());
    await once(socket, "open");
    expect(await ask(socket, "who")).toBe("auth0|alice");
    socket.close();
  });

  test("there may be no auth, whatever is needed: a session ends", () => {
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
    const sockets = new WebSocketServer({ noServer: true });
    protectUpgrade(guard, {
      ...{ sockets, need: permission("read:admin") },
      onConnection: (_socket, { auth }) => expectTypeOf(auth).toEqualTypeOf<Auth | undefined>(),
    });
  });
});
