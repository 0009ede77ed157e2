// Faults of the tenant's answers, and of its port: late, wrong, or none; and back again.
import { Agent, type RequestOptions, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import * as oauth from "oauth4webapi";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTenant, type Tenant } from "../../src/index.js";
import { discover, insecure, verify } from "../support/client.js";
import { rawRequest } from "../support/raw-request.js";
import { startTenant } from "../support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});
afterEach(() => tenant.faults.clear());

const places = {
  discovery: "/.well-known/openid-configuration",
  "RFC 8414": "/.well-known/oauth-authorization-server",
  jwks: "/.well-known/jwks.json",
  token: "/oauth/token",
} as const;
type Place = keyof typeof places;

function ask(place: Place, init: RequestInit = {}): Promise<Response> {
  const body = new URLSearchParams({ grant_type: "client_credentials", client_id: "machine" });
  body.set("client_secret", "machine-secret");
  return fetch(tenant.url + places[place], { ...(place === "token" && { method: "POST", body }), ...init });
}

const affected: readonly [string, readonly Place[]][] = [
  ["provider", ["discovery", "RFC 8414", "jwks"]],
  ["discovery", ["discovery", "RFC 8414"]],
  ["jwks", ["jwks"]],
  ["token", ["token"]],
];

describe.each(affected)("%s", (where, broken) => {
  const sound = (Object.keys(places) as Place[]).filter((place) => !broken.includes(place));

  async function checkOthers(): Promise<void> {
    for (const place of sound) expect((await ask(place)).status).toBe(200);
    expect((await fetch(`${tenant.url}/dev`)).status).toBe(200);
    await tenant.faults.clear();
    for (const place of broken) expect((await ask(place)).status).toBe(200);
  }

  test("-500 answers with 500, which nobody may cache", async () => {
    await tenant.faults.set(`${where}-500` as "jwks-500");
    for (const place of broken) {
      const response = await ask(place);
      expect(response.status).toBe(500);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("x-gatewarden-fault")).toBe(`${where}-500`);
      expect(await response.json()).toMatchObject({ error: "server_error" });
    }
    await checkOthers();
  });

  test("-html answers with a page", async () => {
    await tenant.faults.set(`${where}-html` as "jwks-html");
    for (const place of broken) {
      const response = await ask(place);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(await response.text()).toMatch(/^<!doctype html>/);
    }
    await checkOthers();
  });

  test("-closed closes the connection without an answer", async () => {
    await tenant.faults.set(`${where}-closed` as "jwks-closed");
    for (const place of broken) await expect(ask(place)).rejects.toThrow("fetch failed");
    await checkOthers();
  });

  test("-slow keeps everybody waiting", async () => {
    await tenant.faults.set({ name: `${where}-slow` as "jwks-slow", seconds: 600 });
    for (const place of broken) {
      await expect(ask(place, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: "TimeoutError" });
    }
    await checkOthers();
  });
});

test("an independent client agrees, and is served after the reset", async () => {
  await tenant.faults.set("discovery-500");
  await expect(discover(tenant)).rejects.toBeInstanceOf(Error);
  await tenant.faults.replace("discovery-html");
  await expect(discover(tenant)).rejects.toMatchObject({ name: "OperationProcessingError" });
  await tenant.faults.replace("token-500");
  const [server, client] = [await discover(tenant), { client_id: "machine" }];
  const auth = oauth.ClientSecretBasic("machine-secret");
  const request = (): Promise<Response> =>
    oauth.clientCredentialsGrantRequest(server, client, auth, { audience: tenant.audience }, insecure);
  await expect(oauth.processClientCredentialsResponse(server, client, await request())).rejects.toThrow();
  await tenant.faults.clear();
  await oauth.processClientCredentialsResponse(server, client, await request());
  const { access_token } = await tenant.token();
  await tenant.faults.set("jwks-closed");
  await expect(verify(tenant, access_token)).rejects.toThrow();
  await tenant.faults.clear();
  await verify(tenant, access_token);
});

test("a slow answer is right in the end, and a slow failure is a failure", async () => {
  await tenant.faults.set({ name: "jwks-slow", seconds: 0.01 });
  expect(await (await ask("jwks")).json()).toHaveProperty("keys");
  await tenant.faults.set("jwks-500");
  expect((await ask("jwks")).status).toBe(500);
});

test("`times` counts answers, not preflights", async () => {
  await tenant.faults.set({ name: "provider-500", times: 2 });
  const headers = { origin: "http://localhost:5173", "access-control-request-method": "GET" };
  expect((await rawRequest(tenant.url + places.jwks, headers, "OPTIONS")).status).toBe(204);
  const statuses = [await ask("discovery"), await ask("jwks"), await ask("jwks")].map(({ status }) => status);
  expect(statuses).toEqual([500, 500, 200]);
});

describe("at the same time", () => {
  test("a reset lets those go on who wait, also for the last of `times`", async () => {
    await tenant.faults.set({ name: "jwks-slow", seconds: 600 }, { name: "discovery-slow", seconds: 600, times: 1 });
    const waiting = Promise.all([ask("jwks"), ask("jwks"), ask("discovery")]);
    await waitUntil(() => tenant.faults.active.length === 1);
    await Promise.all([tenant.faults.clear(), tenant.faults.clear()]);
    expect((await waiting).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("a tenant that answers slowly closes at once", async () => {
    const slow = await createTenant({ port: 0 });
    await slow.faults.set({ name: "jwks-slow", seconds: 600, times: 1 });
    const waiting = fetch(slow.url + places.jwks).then(
      () => "answered",
      () => "dropped",
    );
    await waitUntil(() => slow.faults.active.length === 0);
    await slow.close();
    expect(["answered", "dropped"]).toContain(await waiting);
  });

  test("faults come and go while tokens are issued: each token is sound or broken in the one way", async () => {
    const busy = await startTenant();
    const changes = async (): Promise<void> => {
      for (const fault of ["expired", "rotated-keys", "alg-none", "same-kid-new-key"] as const) {
        await Promise.all([busy.faults.replace(fault), busy.faults.clear(), busy.faults.set("wrong-issuer")]);
      }
      await Promise.all([busy.faults.clear(), busy.faults.clear()]);
    };
    const tokens = async (): Promise<string[]> => {
      const issued: string[] = [];
      for (let index = 0; index < 40; index++) issued.push((await busy.token({ as: "alice" })).access_token);
      return issued;
    };
    const [, ...issued] = await Promise.all([changes(), tokens(), tokens()]);
    expect(issued.flat()).toHaveLength(80);
    for (const token of issued.flat()) expect(token.split(".")).toHaveLength(3);
    expect(busy.faults.active).toEqual([]);
    await verify(busy, (await busy.token()).access_token);
  });
});

describe("port-closed", () => {
  test("refuses connections until it is cleared, then the same tenant answers at the same place", async () => {
    const { access_token } = await tenant.token();
    await tenant.faults.set("port-closed");
    expect(await knock(tenant.port)).toBe("ECONNREFUSED");
    await expect(fetch(tenant.url + places.jwks)).rejects.toThrow("fetch failed");
    await Promise.all([tenant.faults.clear(), tenant.faults.clear()]);
    await verify(tenant, access_token);
  });

  test("answers the request that switches it on, and nothing more over that connection", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = JSON.stringify({ name: "port-closed", seconds: 600 });
    const answer = await send({ agent, method: "POST", path: "/dev/faults" }, body);
    expect(JSON.parse(answer)).toEqual({ on: [{ name: "port-closed", seconds: 600 }] });
    await expect(send({ agent, method: "GET", path: "/dev" })).rejects.toThrow();
    agent.destroy();
  });

  test("ends by itself", async () => {
    await tenant.faults.set({ name: "port-closed", seconds: 0.01 });
    await waitUntil(() => tenant.faults.active.length === 0);
    expect((await ask("jwks")).status).toBe(200);
  });

  test("says so when somebody else has the port by then, and opens it later", async () => {
    const first = await createTenant({ port: 0 });
    await first.faults.set("port-closed");
    const second = await createTenant({ port: first.port });
    await expect(first.faults.clear()).rejects.toMatchObject({ code: "port_in_use" });
    expect(first.faults.active).toMatchObject([{ name: "port-closed" }]);
    await second.close();
    await first.faults.clear();
    expect((await fetch(`${first.url}/dev`)).status).toBe(200);
    await first.close();
  });

  test("a closed port does not keep the tenant from closing", async () => {
    const gone = await createTenant({ port: 0 });
    await gone.faults.set("port-closed");
    await gone.close();
    await gone.faults.clear();
    expect(await knock(gone.port)).toBe("ECONNREFUSED");
  });
});

function send(options: RequestOptions, body = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: tenant.port, ...options }, (response) => {
      text(response).then(resolve, reject);
    });
    outgoing.on("error", reject).end(body);
  });
}

/** A connection of its own: `fetch` may still hold one from before. */
function knock(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve("connected"));
    socket.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    socket.on("connect", () => socket.destroy());
  });
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
