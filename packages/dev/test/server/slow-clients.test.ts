// Clients that take their time: the tenant hangs up on them, whichever handler reads the request
// (CWE-400, slowloris).
import { connect, type Socket } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { createTenant, type Tenant } from "../../src/index.js";
import { toRaw } from "../support/raw-socket.js";
import { startTenant } from "../support/tenants.js";

const errors: Error[] = [];
let impatient: Tenant;
beforeAll(async () => {
  impatient = await startTenant({ requestTimeout: 0.3, onError: (error) => errors.push(error) });
});

/**
 * Sends the beginning, then one byte after the other for as long as the server listens. Resolves
 * when it hung up.
 */
function drip(port: number, beginning: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    socket.write(beginning);
    const timer = setInterval(() => socket.write("a"), 20);
    socket.once("close", () => {
      clearInterval(timer);
      resolve();
    });
  });
}

/** A request whose body never ends. */
function endless(target: string, type: string): string {
  return toRaw({ method: "POST", target, headers: { "content-length": "60000", "content-type": type, cookie: "a=b" } });
}

describe("The tenant hangs up on a client that", () => {
  test.each([
    ["sends nothing", ""],
    ["never ends the request line", "GET /"],
    ["never ends its headers", "GET /dev HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: "],
    ...["/dev/token", "/dev/faults", "/oauth/token", "/oauth/introspect", "/oidc/register"].map(
      (target): [string, string] => [`never ends a JSON body to ${target}`, endless(target, "application/json")],
    ),
    ...["/oauth/token", "/authorize", "/oidc/logout/confirm", "/userinfo", "/login/abc", "/nowhere"].map(
      (target): [string, string] => [
        `never ends a form to ${target}`,
        endless(target, "application/x-www-form-urlencoded"),
      ],
    ),
  ])("%s", async (_what, beginning) => {
    await drip(impatient.port, beginning);
    expect((await fetch(`${impatient.url}/dev`)).status).toBe(200);
    expect(errors).toEqual([]);
  });
});

test("waits for a client that is only not the fastest", async () => {
  const tenant = await startTenant();
  const socket = connect(tenant.port, "127.0.0.1");
  const answered = new Promise<string>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString())));
  const body = '{"as":"bob"}';
  const text = toRaw({ method: "POST", target: "/dev/token", body });
  for (const part of [text.slice(0, 20), text.slice(20, 60), text.slice(60, -3), text.slice(-3)]) {
    socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
  socket.destroy();
});

test("takes so many connections and no more, and the next one when one has gone", async () => {
  const tenant = await startTenant({ maxConnections: 2 });
  const open = async (): Promise<Socket> => {
    const socket = connect(tenant.port, "127.0.0.1");
    socket.on("error", () => undefined).resume();
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    return socket;
  };
  const kept = [await open(), await open()];
  const third = await open();
  await new Promise<void>((resolve) => third.once("close", () => resolve()));
  for (const socket of kept) socket.destroy();
  await expect.poll(async () => (await fetch(`${tenant.url}/dev`).catch(() => undefined))?.status).toBe(200);
});

test.each([{ requestTimeout: 0 }, { requestTimeout: Number.NaN }, { maxConnections: -1 }])(
  "%j is refused",
  async (limits) => {
    await expect(createTenant({ port: 0, ...limits })).rejects.toMatchObject({ code: "invalid_configuration" });
  },
);
