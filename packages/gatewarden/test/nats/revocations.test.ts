// The revocations of a fleet over a real NATS JetStream: the same promises as over Redis, on the same interface.
import { setTimeout as delay } from "node:timers/promises";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterEach, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { ConfigError, createGuard, DependencyError, type Revocation } from "../../src/index.js";
import { createNatsRevocations, type NatsRevocationOptions, type RevocationReplica } from "../../src/nats/nats.js";
import { createNatsRevocationLog } from "../../src/nats/revocation-log.js";
import { options, token, verdict } from "../support/keys.js";
import { type NatsServer, startNats } from "../support/nats-server.js";

const { isSkipped, note } = toSkip(["nats-server"]);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const issuer = "https://issuer.test/";
const expiresAt = Date.now() / 1000 + 3600;
const writtenAt = Date.now() / 1000;
const byJti = (jti: string): Revocation => ({ issuer, jti, expiresAt });
const none = { issuer, sid: undefined, subject: undefined, clientId: undefined, issuedAt: undefined, expiresAt };
const refuses = (one: RevocationReplica, jti: string) => one.isRevoked({ ...none, jti });
const until = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await delay(10);
};

async function serve(): Promise<NatsServer> {
  const server = await startNats();
  closers.push(() => server.close());
  return server;
}

async function open({ url }: NatsServer): Promise<NatsConnection> {
  const settings = { servers: url, reconnectTimeWait: 20, maxReconnectAttempts: -1, waitOnFirstConnect: true };
  const connection = await connect(settings);
  closers.push(() => connection.close());
  return connection;
}

/** A process of the fleet: with a connection of its own, as each process has. */
async function join(server: NatsServer, changes: NatsRevocationOptions = {}): Promise<RevocationReplica> {
  const replica = createNatsRevocations(await open(server), { foundingTime: 0, ...changes });
  closers.push(() => replica.close());
  return replica;
}

describe.skipIf(isSkipped)(`Revocations over NATS${note}`, () => {
  test("reach every process, and those that join later before ready()", async () => {
    const server = await serve();
    const [one, other] = [await join(server), await join(server)];
    await Promise.all([one.ready(), other.ready()]);
    const now = Math.floor(Date.now() / 1000);
    await one.revoke(byJti("a"));
    await other.revoke({ issuer, subject: "u", issuedBefore: now, expiresAt });
    const late = await join(server);
    await late.ready();
    await until(() => [one, other].every((each) => each.status().entries === 2));
    for (const each of [one, other, late]) {
      expect(refuses(each, "a")).toBe(true);
      expect(refuses(each, "b")).toBe(false);
      expect(each.isRevoked({ ...none, jti: "b", subject: "u", issuedAt: now })).toBe(true);
      expect(each.isRevoked({ ...none, jti: "b", subject: "u", issuedAt: now + 1 })).toBe(false);
    }
  });

  test("stop a token in a guard of another process, and no other token", async () => {
    const server = await serve();
    const [one, other] = [await join(server), await join(server)];
    const guard = createGuard(options({ revocation: other }));
    await Promise.all([one.ready(), guard.ready()]);
    const [bad, good] = [token({ jti: "bad" }), token({ jti: "good" })];
    expect([await verdict(guard, bad), await verdict(guard, good)]).toEqual(["accepted", "accepted"]);
    // The tokens' clock is ahead of this one: their `exp`, by which an entry is kept.
    await one.revoke({ issuer, jti: "bad", expiresAt: 1_800_003_600 });
    await until(() => refuses(other, "bad"));
    expect([await verdict(guard, bad), await verdict(guard, good)]).toEqual(["token_revoked", "accepted"]);
  });

  test("survive a server that is killed and restarted with its data, which a new process reads", async () => {
    const server = await serve();
    const one = await join(server);
    await one.ready();
    await one.revoke(byJti("a"));
    await one.close();
    await server.kill();
    await server.start();
    const late = await join(server);
    await late.ready();
    expect(refuses(late, "a")).toBe(true);
  });

  test("survive a server that is killed and restarted without its data: it gets them back", async () => {
    const server = await serve();
    const [one, other] = [await join(server), await join(server)];
    await Promise.all([one.ready(), other.ready()]);
    await Promise.all(Array.from({ length: 300 }, (_, index) => one.revoke(byJti(`t${index}`))));
    await until(() => other.status().entries === 300);
    await server.kill();
    await server.loseData();
    expect(refuses(one, "t7")).toBe(true);
    await expect(one.revoke(byJti("while down"))).rejects.toThrow(DependencyError);
    expect(refuses(one, "while down")).toBe(true);
    await until(() => one.status().state === "degraded");
    await server.start();
    await until(() => refuses(other, "while down"));
    const late = await join(server, { foundingTime: 5 });
    await late.ready();
    await until(() => late.status().entries === 301);
    expect([one, other, late].map((each) => refuses(each, "t7"))).toEqual([true, true, true]);
    await late.revoke(byJti("after"));
    await until(() => refuses(one, "after"));
  });

  test("are not ready in a process that joins while the server is down, unless it may be degraded", async () => {
    const server = await serve();
    const [strict, lax] = [await open(server), await open(server)];
    await server.kill();
    const one = createNatsRevocations(strict, { timeout: 0.2, foundingTime: 0 });
    const other = createNatsRevocations(lax, { timeout: 0.2, foundingTime: 0, beforeJoin: "degraded" });
    closers.push(
      () => one.close(),
      () => other.close(),
    );
    await expect(one.ready()).rejects.toThrow(DependencyError);
    expect(() => refuses(one, "a")).toThrow(DependencyError);
    await other.ready();
    expect(refuses(other, "a")).toBe(false);
    await server.start();
    await until(() => one.status().state === "ready" && other.status().state === "ready");
    await one.revoke(byJti("a"));
    await until(() => refuses(other, "a"));
  });

  test("are read from a snapshot by a process that joins, after the log was trimmed", async () => {
    const server = await serve();
    const one = await join(server);
    await one.ready();
    for (const jti of ["a", "b", "c"]) await one.revoke(byJti(jti));
    const log = createNatsRevocationLog(await open(server), {
      ...{ stream: "GATEWARDEN_REVOCATIONS", subject: "gatewarden.revocations", timeout: 5 },
    });
    closers.push(() => log.close());
    await log.open();
    const { entries, position } = await log.read(undefined);
    expect(await log.writeSnapshot({ position, chunks: entries, writtenAt })).toBe(true);
    expect((await log.read(undefined)).entries).toHaveLength(1);
    const late = await join(server);
    await late.ready();
    expect(["a", "b", "c", "d"].map((jti) => refuses(late, jti))).toEqual([true, true, true, false]);
    await one.revoke(byJti("d"));
    await until(() => refuses(late, "d"));
  });

  test("ignore what others write into the log: it neither stops nor un-revokes anything", async () => {
    const server = await serve();
    const connection = await open(server);
    const [one, other] = [await join(server), await join(server)];
    await Promise.all([one.ready(), other.ready()]);
    await one.revoke(byJti("a"));
    for (const data of [
      new Uint8Array(0),
      Uint8Array.of(1),
      Uint8Array.of(1, 255, 255),
      new Uint8Array(2000).fill(7),
    ]) {
      await connection.request("gatewarden.revocations.log", data);
    }
    await one.revoke(byJti("b"));
    await until(() => refuses(other, "b"));
    const late = await join(server);
    await late.ready();
    for (const each of [one, other, late]) expect([refuses(each, "a"), refuses(each, "c")]).toEqual([true, false]);
  });
});

describe("createNatsRevocations", () => {
  const connection = { request: async () => ({ data: new Uint8Array() }), subscribe: () => ({ unsubscribe() {} }) };
  const throwing = Object.defineProperty({}, "request", {
    get: () => {
      throw new Error("closed");
    },
  });

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["an address", "nats://127.0.0.1"],
    ["half a connection", { request: () => undefined }],
    ["a getter that throws", throwing],
  ])("refuses %s in the place of a connection", (_what, value) => {
    expect(() => createNatsRevocations(value as never)).toThrow(ConfigError);
  });
  test.each([
    { stream: "a.b" },
    { stream: "a b" },
    { stream: "*" },
    { stream: "" },
    { subject: "a.>" },
    { subject: "a..b" },
    { subject: "$JS.API" },
    { timeout: 0 },
    { timeout: Number.NaN },
    { beforeJoin: "ready" },
  ])("refuses the option %j", (changes) => {
    expect(() => createNatsRevocations(connection, changes as never)).toThrow(ConfigError);
  });
});
