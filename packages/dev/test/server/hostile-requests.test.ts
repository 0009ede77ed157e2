// Whatever arrives on its socket, the tenant refuses it and goes on (CWE-248, CWE-20).
import { connect } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RawRequest, sendRaw, statusOf, toRaw } from "../support/raw-socket.js";
import { startTenantProcess, type TenantProcess } from "../support/tenant-process.js";
import { makeDirectory } from "../support/tenants.js";

let tenant: TenantProcess;
beforeAll(async () => {
  tenant = await startTenantProcess(await makeDirectory());
});

const send = async (request: RawRequest): Promise<number> => statusOf(await sendRaw(tenant.port, toRaw(request)));

afterEach(async () => {
  expect(tenant.isAlive(), tenant.errors()).toBe(true);
  expect(await send({ target: "/dev" })).toBe(200);
});

const long = "/a".repeat(32 * 1024);

describe("A request target", () => {
  test.each([
    ...[
      "//",
      "///",
      "//evil.example/dev",
      "//[",
      "//:99999/",
      "/\\",
      "\\",
      "*",
      "/%",
      "/%00",
      "/%ff",
      "/%2",
      "/login/%",
    ],
    ...[
      "/login/%00",
      "/dev/%",
      "/dev/faults/%",
      "/login?%",
      "/login?a=%00&a=%ff",
      "http://[",
      "http://",
      "http://127.0.0.1:99999/",
    ],
    ...["ftp://127.0.0.1/", "http://user@127.0.0.1/", "mailto:a", "a", "?", "#", "/.well-known/jwks.json/%"],
    ...["/authorize?client_id=%", "/oidc/logout?id_token_hint=%00", "/dev/faults/__proto__", "/dev/token/constructor"],
    ...["/login/__proto__", "/\u0080\u00ff", "/\u00e2\u0080\u00ae"],
  ])("%j is refused", async (target) => {
    for (const method of ["GET", "POST", "OPTIONS", "DELETE"]) {
      const status = await send({ method, target });
      expect(status, method).toBeGreaterThanOrEqual(method === "OPTIONS" ? 200 : 300);
      expect(status, method).toBeLessThan(500);
    }
  });

  test("of 64 kB is refused", async () => {
    // Node.js answers 431 and resets the connection, which may overtake the answer.
    expect([0, 400, 404, 414, 431]).toContain(await send({ target: long }));
    expect([0, 400, 404, 414, 431]).toContain(await send({ target: `/dev?${long}` }));
    expect(await send({ target: `/dev?${long.slice(0, 8 * 1024)}` })).toBe(200);
  });

  test("in absolute form is taken under a name of this machine, whatever Host says (RFC 9112 §3.2.2)", async () => {
    expect(await send({ target: `http://127.0.0.1:${tenant.port}/dev` })).toBe(200);
    expect(await send({ target: `http://localhost:${tenant.port}/.well-known/jwks.json`, host: "evil.example" })).toBe(
      200,
    );
    expect(await send({ target: "http://evil.example/dev" })).toBe(403);
  });

  test("with a query, dots or a second slash further on keeps its meaning", async () => {
    expect(await send({ target: "/dev?a=%25&b=//" })).toBe(200);
    expect(await send({ target: "/?a=%00&a=%ff" })).toBe(200);
    expect(await send({ target: "/a/../dev" })).toBe(200);
    expect(await send({ target: "/dev//" })).toBe(404);
  });
});

describe("A Host header", () => {
  test.each([
    "[",
    "[::1",
    "127.0.0.1:99999",
    ":",
    "@",
    "127.0.0.1/..",
    "127.0.0.1?a",
    "127.0.0.1#a",
    "a@127.0.0.1",
    "a b",
    "%",
    "\u00ff",
  ])("%j is refused", async (host) => {
    expect([400, 403]).toContain(await send({ target: "/dev", host }));
    expect([400, 403]).toContain(await send({ target: "/.well-known/openid-configuration", host }));
  });

  test("that is empty, missing or there twice is refused", async () => {
    for (const lines of ["host:\r\n", "", "host: 127.0.0.1\r\nhost: evil.example\r\n"]) {
      const answer = await sendRaw(tenant.port, `GET /dev HTTP/1.1\r\n${lines}connection: close\r\n\r\n`);
      expect([400, 403], lines).toContain(statusOf(answer));
    }
  });
});

const deep = (open: string, close: string): string => `${open.repeat(6_000)}1${close.repeat(6_000)}`;
const bodies: readonly (readonly [string, string])[] = [
  ["text", "hello"],
  ["half of JSON", '{"as":'],
  ["null", "null"],
  ["a number", "1e999"],
  ["a list", "[[]]"],
  ["a deep list", deep("[", "]")],
  ["a deep object", deep('{"a":', "}")],
  ["deep claims", `{"claims":${deep('{"a":', "}")}}`],
  ["a deep fault", `{"name":"expired","seconds":${deep("[", "]")}}`],
  ["names of a prototype", '{"__proto__":{"as":"alice"},"constructor":1,"as":{"toString":1}}'],
  ["a claim of a prototype's name", '{"claims":{"toString":1,"__proto__":2},"as":"__proto__"}'],
  ["invalid UTF-8", "\u00ff\u00fe{"],
  ["more than 64 KiB", `{"as":"${"a".repeat(70_000)}"}`],
];

describe("A body", () => {
  test.each(bodies)("of %s to /dev is refused", async (_what, body) => {
    for (const [method, target] of [
      ["POST", "/dev/token"],
      ["POST", "/dev/faults"],
      ["PUT", "/dev/faults"],
    ] as const) {
      const status = await send({ method, target, body, headers: { "content-type": "application/json" } });
      expect([400, 413], `${method} ${target}`).toContain(status);
    }
  });

  test.each(bodies)("of %s to an OAuth endpoint is refused", async (_what, body) => {
    for (const type of [
      "application/json",
      "application/x-www-form-urlencoded",
      "text/plain",
      "application/json; charset=x",
    ]) {
      for (const target of ["/oauth/token", "/oauth/introspect", "/oidc/register"]) {
        const status = await send({ method: "POST", target, body, headers: { "content-type": type } });
        expect(status, `${target} ${type}`).toBeGreaterThanOrEqual(400);
        expect(status, `${target} ${type}`).toBeLessThan(500);
      }
    }
  });

  test.each(bodies)("of %s to a login is refused", async (_what, body) => {
    for (const target of ["/login/abc", "/oidc/logout/confirm", "/authorize"]) {
      const headers = { "content-type": "application/x-www-form-urlencoded", cookie: "tenant=%; =; a" };
      const status = await send({ method: "POST", target, body, headers });
      expect(status, target).toBeGreaterThanOrEqual(300);
      expect(status, target).toBeLessThan(500);
    }
  });

  test("that is well formed is taken: the nearest valid neighbours", async () => {
    const json = { "content-type": "application/json" };
    const claims = `{"claims":{"toString":1,"list":${"[".repeat(20)}${"]".repeat(20)}}}`;
    expect(await send({ method: "POST", target: "/dev/token", body: claims, headers: json })).toBe(200);
    expect(await send({ method: "POST", target: "/dev/token", body: "", headers: json })).toBe(200);
    expect(await send({ method: "POST", target: "/dev/faults", body: '["expired"]', headers: json })).toBe(200);
    expect(await send({ method: "DELETE", target: "/dev/faults" })).toBe(200);
  });
});

test("a client that hangs up in the middle of a body is no failure of the tenant", async () => {
  const before = tenant.errors();
  for (const target of ["/dev/token", "/oauth/token", "/oidc/register", "/authorize"]) {
    const socket = connect(tenant.port, "127.0.0.1");
    const head = toRaw({
      method: "POST",
      target,
      headers: { "content-length": "9", "content-type": "application/json" },
    });
    await new Promise<void>((resolve) => socket.end(`${head}{`, () => resolve()));
    socket.on("error", () => undefined).resume();
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  }
  expect(await send({ target: "/dev" })).toBe(200);
  expect(tenant.errors()).toBe(before);
});
