// Which tokens are kept, for how long, and how often the server is asked, counted at the server.
import { describe, expect, test } from "vitest";
import { createClientCredentials, type TokenExchangeOptions } from "../../../src/exchange/client/client.js";
import type { ExchangeTarget } from "../../../src/index.js";
import { createClock, start } from "../../support/clock.js";
import { gate, json, status } from "../../support/issuer-server.js";
import { clientSecret, exchangeAt, grants, refuses, startTokenServer } from "./_token-server.js";

async function setUp(changes: Partial<TokenExchangeOptions> = {}) {
  const server = await startTokenServer();
  const clock = createClock();
  const exchange = exchangeAt(server, { now: clock.now, ...changes });
  const ask = async (token = "incoming", target: ExchangeTarget = { audience: "stock" }, expiresAt = start + 86_400) =>
    (await exchange.exchange({ token, issuer: "https://login.acme.test/", expiresAt }, target)).value;
  return { server, clock, exchange, ask };
}

/** Lets what was begun beside a request arrive. */
async function settle(until: () => boolean): Promise<void> {
  while (!until()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("A kept token", () => {
  test("serves the same incoming token and target again", async () => {
    const { server, ask } = await setUp();
    expect([await ask(), await ask(), await ask()]).toEqual(["granted-1", "granted-1", "granted-1"]);
    expect(server.asked).toHaveLength(1);
  });

  test.each<[string, ExchangeTarget, ExchangeTarget]>([
    ["another audience", { audience: "stock" }, { audience: "billing" }],
    ["another scope", { audience: "stock", scope: "read" }, { audience: "stock", scope: "read write" }],
    ["a scope where there was none", { audience: "stock" }, { audience: "stock", scope: "read" }],
    ["another resource", { resource: "https://a.test/" }, { resource: "https://b.test/" }],
    ["a resource of the same text as an audience", { audience: "https://a.test/" }, { resource: "https://a.test/" }],
    ["one audience of two", { audience: ["stock", "billing"] }, { audience: "stock" }],
    ["a text that looks like a list", { audience: ["a", "b"] }, { audience: "a,b" }],
  ])("does not serve %s", async (_name, one, other) => {
    const { server, ask } = await setUp();
    expect([await ask("t", one), await ask("t", other), await ask("t", one)]).toEqual([
      "granted-1",
      "granted-2",
      "granted-1",
    ]);
    expect(server.asked).toHaveLength(2);
  });

  test("serves the same scopes in another order", async () => {
    const { server, ask } = await setUp();
    await ask("t", { audience: "stock", scope: "read write" });
    await ask("t", { audience: "stock", scope: ["write", "read", "read"] });
    expect(server.asked).toHaveLength(1);
  });

  test("does not serve another token of the same user: its scopes may differ", async () => {
    const { server, ask } = await setUp();
    expect([await ask("alice-read"), await ask("alice-write")]).toEqual(["granted-1", "granted-2"]);
    expect(server.asked).toHaveLength(2);
  });

  test("ends shortly before its lifetime does", async () => {
    const { server, clock, ask } = await setUp();
    await ask();
    server.answer(status(500));
    clock.advance(569);
    expect(await ask()).toBe("granted-1");
    clock.advance(2);
    await expect(ask()).rejects.toMatchObject({ code: "server_unavailable" });
  });

  test("is used for a minute at most where the server does not say how long it lives", async () => {
    const { server, clock, ask } = await setUp();
    server.answer(grants({ expires_in: undefined }));
    await ask();
    clock.advance(61);
    expect(await ask()).toBe("granted-2");
  });

  test("that has no lifetime is used once", async () => {
    const { server, ask } = await setUp();
    server.answer(grants({ expires_in: 0 }));
    expect([await ask(), await ask()]).toEqual(["granted-1", "granted-2"]);
  });

  test("is not used longer than the incoming token lives", async () => {
    const { server, clock, ask } = await setUp();
    await ask("t", { audience: "stock" }, start + 100);
    clock.advance(99);
    await ask("t", { audience: "stock" }, start + 100);
    expect(server.asked).toHaveLength(1);
    clock.advance(1);
    await ask("t", { audience: "stock" }, start + 100);
    expect(server.asked).toHaveLength(2);
  });

  test("does not live longer because the wall clock is set back", async () => {
    const { server, clock, ask } = await setUp();
    await ask();
    clock.advance(571);
    await ask();
    clock.set(start);
    await ask();
    expect(server.asked.length).toBe(2);
  });

  test("is forgotten with its incoming token, and no other is", async () => {
    const { exchange, ask } = await setUp();
    await ask("revoked");
    await ask("revoked", { audience: "billing" });
    await ask("good");
    await exchange.forget("revoked");
    expect(exchange.status().entries).toBe(1);
    expect([await ask("good"), await ask("revoked")]).toEqual(["granted-3", "granted-4"]);
  });

  test("gives way to others beyond the bound, least recently used first", async () => {
    const { server, exchange, ask } = await setUp({ maxEntries: 2 });
    for (const token of ["a", "b", "a", "c"]) await ask(token);
    expect(exchange.status().entries).toBe(2);
    await ask("a");
    expect(server.asked).toHaveLength(3);
    await ask("b");
    expect(server.asked).toHaveLength(4);
  });

  test("is one of a bounded number for one incoming token, whatever is asked for", async () => {
    const { server, ask } = await setUp();
    for (let number = 0; number < 40; number++) await ask("t", { audience: `api-${number}` });
    await ask("t", { audience: "api-39" });
    expect(server.asked).toHaveLength(40);
    await ask("t", { audience: "api-0" });
    expect(server.asked).toHaveLength(41);
  });
});

describe("Requests that come together", () => {
  test("wait for one answer", async () => {
    const { server, ask } = await setUp();
    const held = gate(grants());
    server.answer(held.answer);
    const asking = Array.from({ length: 50 }, () => ask());
    await settle(() => server.asked.length > 0);
    held.open();
    expect(new Set(await Promise.all(asking))).toEqual(new Set(["granted-1"]));
    expect(server.asked).toHaveLength(1);
  });

  test("fail together, and leave nothing behind", async () => {
    const { server, clock, ask } = await setUp();
    const held = gate(status(500));
    server.answer(held.answer);
    const asking = Array.from({ length: 5 }, () => ask());
    held.open();
    const settled = await Promise.allSettled(asking);
    expect(settled.every(({ status }) => status === "rejected")).toBe(true);
    expect(server.asked).toHaveLength(1);
    server.answer(grants());
    clock.advance(2);
    expect(await ask()).toBe("granted-1");
  });

  test("of many users run in a bounded number, and all are answered", async () => {
    const { server, ask } = await setUp();
    const held = gate(grants());
    server.answer(held.answer);
    const asking = Array.from({ length: 80 }, (_, number) => ask(`user-${number}`));
    await settle(() => server.asked.length === 64);
    held.open();
    expect(new Set(await Promise.all(asking)).size).toBe(80);
    expect(server.asked).toHaveLength(80);
  });
});

describe("A token near its end", () => {
  test("is renewed beside its use, by one request", async () => {
    const { server, clock, ask } = await setUp();
    await ask();
    clock.advance(520);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["granted-1", "granted-1", "granted-1"]);
    await settle(() => server.asked.length === 2);
    while ((await ask()) === "granted-1") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await ask()).toBe("granted-2");
    expect(server.asked).toHaveLength(2);
  });

  test("is not renewed long before", async () => {
    const { server, clock, ask } = await setUp();
    await ask();
    clock.advance(400);
    await ask();
    expect(server.asked).toHaveLength(1);
  });

  test("is used on while the server fails", async () => {
    const { server, clock, exchange, ask } = await setUp();
    await ask();
    server.answer(status(500));
    clock.advance(520);
    expect(await ask()).toBe("granted-1");
    await settle(() => exchange.status().failed === 1);
    expect(await ask()).toBe("granted-1");
  });

  test("is not used on once the server has refused to renew it", async () => {
    const { server, clock, exchange, ask } = await setUp();
    await ask();
    server.answer(refuses("invalid_grant"));
    clock.advance(520);
    expect(await ask()).toBe("granted-1");
    await settle(() => exchange.status().asked === 2);
    await expect(ask()).rejects.toMatchObject({ code: "invalid_grant" });
  });
});

describe("Machine tokens", () => {
  const create = async (changes: object = {}) => {
    const server = await startTokenServer();
    const clock = createClock();
    const credentials = createClientCredentials({
      ...{ issuer: server.issuer, clientId: "orders-api", auth: { clientSecret }, now: clock.now },
      ...{ audience: "stock", scope: ["read", "write"], resource: "https://stock.test/" },
      ...changes,
    });
    return { server, clock, credentials };
  };

  test("are asked for as RFC 6749 §4.4 says, and kept", async () => {
    const { server, credentials } = await create();
    expect((await credentials.token()).value).toBe("granted-1");
    expect((await credentials.token()).value).toBe("granted-1");
    expect(server.asked.map(({ parameters }) => parameters)).toEqual([
      [
        ["audience", "stock"],
        ["resource", "https://stock.test/"],
        ["scope", "read write"],
        ["grant_type", "client_credentials"],
      ],
    ]);
  });

  test("say what they are", async () => {
    const { server, credentials } = await create();
    server.answer(json({ access_token: "a", token_type: "bearer", expires_in: 60, scope: "read" }));
    const { value, scheme, expiresAt, scopes } = await credentials.token();
    expect({ value, scheme, expiresAt, scopes }).toEqual({
      ...{ value: "a", scheme: "Bearer", expiresAt: start + 60, scopes: ["read"] },
    });
  });

  test("are asked for with back-off while the server fails", async () => {
    const { server, clock, credentials } = await create();
    server.answer(status(500));
    await expect(credentials.token()).rejects.toMatchObject({ code: "server_unavailable", status: 503 });
    await expect(credentials.token()).rejects.toMatchObject({ code: "server_unavailable", status: 503 });
    expect(server.asked).toHaveLength(1);
    expect(credentials.status()).toMatchObject({ failed: 1, entries: 0 });
    clock.advance(2);
    server.answer(grants());
    expect((await credentials.token()).value).toBe("granted-1");
  });

  test.each([
    ["no target", { audience: undefined, scope: undefined, resource: undefined }],
    ["options of an exchange", { dialect: "entra" }],
  ])("are refused at start-up with %s", async (_name, changes) => {
    await expect(create(changes)).rejects.toMatchObject({ name: "ConfigError" });
  });
});
