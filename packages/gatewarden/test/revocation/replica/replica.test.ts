// The replica over a log in memory: joining, losing, repairing, lagging, hostile entries.
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ConfigError, createGuard, DependencyError, type Revocation } from "../../../src/index.js";
import { toRepairChunk } from "../../../src/revocation/replica/chunk.js";
import { createReplica, type ReplicaOptions, type RevocationReplica } from "../../../src/revocation/replica/replica.js";
import { start } from "../../support/clock.js";
import { options, token, verdict } from "../../support/keys.js";
import { createMemoryLog, type MemoryLog } from "./_log.js";

const open: RevocationReplica[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((replica) => replica.close()));
  vi.restoreAllMocks();
});

function join(log: MemoryLog, changes: ReplicaOptions = {}): RevocationReplica {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const replica = createReplica(log.connect(), { now: () => start, foundingTime: 0, ...changes });
  open.push(replica);
  return replica;
}

const issuer = "https://issuer.test/";
const expiresAt = start + 300;
const factsOf = (jti: string) => ({
  ...{ issuer, jti, sid: undefined, subject: undefined, clientId: undefined, issuedAt: undefined, expiresAt },
});
const byJti = (jti: string): Revocation => ({ issuer, jti, expiresAt });
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await delay(5);
};

describe("A replica", () => {
  test("refuses at once what it revokes itself, and soon what others revoke", async () => {
    const log = createMemoryLog();
    const [one, other] = [join(log), join(log)];
    await Promise.all([one.ready(), other.ready()]);
    const stored = one.revoke(byJti("a"));
    expect(one.isRevoked(factsOf("a"))).toBe(true);
    await stored;
    await until(() => other.isRevoked(factsOf("a")));
    expect(other.isRevoked(factsOf("b"))).toBe(false);
    expect(other.status()).toMatchObject({ state: "ready", isConnected: true, entries: 1, reasons: [] });
  });

  test("that joins knows everything before ready() resolves", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await Promise.all(Array.from({ length: 500 }, (_, index) => one.revoke(byJti(`t${index}`))));
    const late = join(log);
    expect(() => late.isRevoked(factsOf("t0"))).toThrow(DependencyError);
    await late.ready();
    expect(Array.from({ length: 500 }, (_, index) => late.isRevoked(factsOf(`t${index}`)))).not.toContain(false);
  });

  test("that many revoke at once through appends few entries", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await Promise.all(Array.from({ length: 1000 }, (_, index) => one.revoke(byJti(`t${index}`))));
    expect(log.entries.length).toBeLessThan(10);
  });

  test("stores a snapshot when the log is long, drops what it holds, and joins from both", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await one.revoke(byJti("first"));
    log.entries.push(...Array.from({ length: 20_000 }, () => Uint8Array.of(1)));
    await until(() => log.snapshot !== undefined);
    expect(log.entries.length).toBe(0);
    await one.revoke(byJti("second"));
    const late = join(log);
    await late.ready();
    expect([late.isRevoked(factsOf("first")), late.isRevoked(factsOf("second"))]).toEqual([true, true]);
  });

  test("stores no snapshot while the log holds what it cannot read", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    log.entries.push(Uint8Array.of(2, 1), ...Array.from({ length: 20_001 }, () => Uint8Array.of(1)));
    await one.revoke(byJti("a"));
    await until(() => one.status().state === "degraded");
    await delay(100);
    expect(log.snapshot).toBeUndefined();
    expect(log.entries.length).toBeGreaterThan(20_000);
    expect(one.status().reasons).toEqual([expect.stringContaining("later version")]);
  });

  test("takes malformed entries for nothing, and says how many there were", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await one.revoke(byJti("a"));
    log.entries.push(Uint8Array.of(), Uint8Array.of(255, 255), new TextEncoder().encode("UNREVOKE a"));
    await until(() => one.status().reasons.length > 0);
    expect(one.status()).toMatchObject({
      state: "degraded",
      reasons: ["3 entries of the log were malformed and ignored"],
    });
    expect(one.isRevoked(factsOf("a"))).toBe(true);
    await one.revoke(byJti("b"));
    expect(one.isRevoked(factsOf("b"))).toBe(true);
  });
});

describe("A log that lost its data", () => {
  test("gets back all that those who knew it know, and a joining process is right", async () => {
    const log = createMemoryLog();
    const [one, other] = [join(log), join(log)];
    await Promise.all([one.ready(), other.ready()]);
    await Promise.all(Array.from({ length: 3000 }, (_, index) => one.revoke(byJti(`t${index}`))));
    await until(() => other.isRevoked(factsOf("t2999")));
    log.lose();
    expect(one.isRevoked(factsOf("t7"))).toBe(true);
    await until(() => log.entries.length > 0);
    const late = join(log);
    await late.ready();
    await until(() => late.status().entries === 3000);
    expect(late.isRevoked(factsOf("t7"))).toBe(true);
  });

  test("is waited for by a joining process while it is new", async () => {
    const log = createMemoryLog();
    log.age = 0;
    const one = join(log, { foundingTime: 600 });
    await until(() => one.status().isConnected);
    expect(() => one.isRevoked(factsOf("a"))).toThrow(DependencyError);
    expect(one.status().state).toBe("not ready");
    log.age = 601;
    const other = join(log, { foundingTime: 600 });
    await other.ready();
    expect(other.isRevoked(factsOf("a"))).toBe(false);
  });

  test.each<[string, number]>([
    ["that is right", start],
    ["that is 40 s behind", start - 40],
    ["that is a year ahead", start + 31_536_000],
  ])("is waited for while another process says that it adds again, by a clock %s", async (_name, now) => {
    const log = createMemoryLog();
    log.entries.push(toRepairChunk({ process: "p1", until: now + 20 }));
    const one = join(log);
    await until(() => one.status().isConnected);
    expect(one.status().state).toBe("not ready");
    expect(one.status().reasons.join()).toContain("add");
    log.entries.push(toRepairChunk({ process: "p1", until: 0 }));
    await one.ready();
  });

  test("is not waited for because of a process that ended long ago while it added", async () => {
    const log = createMemoryLog();
    log.entries.push(toRepairChunk({ process: "p1", until: start - 100 }));
    await join(log).ready();
  });
});

describe("A clock that was ahead", () => {
  test("and is set back makes a process read again what it took for ended", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await one.revoke(byJti("a"));
    let time = start + 10_000;
    const other = join(log, { now: () => time });
    await other.ready();
    await until(() => other.status().entries === 0);
    time = start;
    await until(() => other.isRevoked(factsOf("a")));
  });
});

describe("A log that is down", () => {
  test.each(["not ready", "degraded"] as const)("makes a joining process %s, as configured", async (beforeJoin) => {
    const log = createMemoryLog();
    log.isDown = true;
    const one = join(log, { beforeJoin });
    if (beforeJoin === "degraded") await one.ready();
    else await expect(one.ready()).rejects.toThrow(DependencyError);
    const { state, reasons } = one.status();
    expect(state).toBe(beforeJoin);
    expect(reasons.join()).not.toContain("secret");
    const guard = createGuard(options({ revocation: one }));
    expect(await verdict(guard, token())).toBe(beforeJoin === "degraded" ? "accepted" : "revocation_unavailable");
    expect((await guard.health()).status).toBe(beforeJoin);
    log.isDown = false;
    await until(() => one.status().state === "ready");
    expect(await verdict(guard, token())).toBe("accepted");
    expect((await guard.health()).status).toBe("ready");
  });

  test("does not keep a process from revoking for itself, and hears of it later", async () => {
    const log = createMemoryLog();
    const [one, other] = [join(log), join(log)];
    await Promise.all([one.ready(), other.ready()]);
    log.isDown = true;
    await expect(one.revoke(byJti("a"))).rejects.toThrow(DependencyError);
    expect(one.isRevoked(factsOf("a"))).toBe(true);
    expect(other.isRevoked(factsOf("a"))).toBe(false);
    log.isDown = false;
    await until(() => other.isRevoked(factsOf("a")));
  });

  test("is reported as a lag, and after maxLag every token is refused", async () => {
    const log = createMemoryLog();
    let time = start;
    const one = join(log, { maxLag: 60, now: () => time });
    await one.ready();
    log.isDown = true;
    await until(() => !one.status().isConnected);
    time += 50;
    expect(one.status()).toMatchObject({ state: "degraded", isConnected: false });
    expect(one.status().lag).toBeGreaterThanOrEqual(50);
    expect(one.isRevoked(factsOf("a"))).toBe(false);
    time += 20;
    expect(one.status().state).toBe("not ready");
    expect(() => one.isRevoked(factsOf("a"))).toThrow("maxLag");
    log.isDown = false;
    await until(() => one.status().state === "ready");
    expect(one.isRevoked(factsOf("a"))).toBe(false);
  });
});

describe("The bounds", () => {
  test("a log with more entries than maxEntries makes every check fail closed (CWE-636)", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await Promise.all(["a", "b", "c"].map((jti) => one.revoke(byJti(jti))));
    const small = join(log, { maxEntries: 2 });
    await expect(small.ready()).rejects.toThrow("maxEntries");
    expect(() => small.isRevoked(factsOf("z"))).toThrow("maxEntries");
    expect(small.status().state).toBe("not ready");
  });

  test("a malformed revocation revokes nothing", async () => {
    const log = createMemoryLog();
    const one = join(log);
    await one.ready();
    await expect(one.revoke({ issuer, expiresAt } as never)).rejects.toThrow(TypeError);
    await expect(one.revoke({ issuer, jti: "x".repeat(70_000), expiresAt })).rejects.toThrow(TypeError);
    expect(one.status().entries).toBe(0);
  });

  test.each<[string, ReplicaOptions]>([
    ["beforeJoin", { beforeJoin: "ready" as never }],
    ["maxLag", { maxLag: 1 }],
    ["maxLag", { maxLag: Number.NaN }],
    ["maxEntries", { maxEntries: 0 }],
    ["foundingTime", { foundingTime: -1 }],
    ["now", { now: 5 as never }],
  ])("an invalid %s is a ConfigError", (_name, changes) => {
    expect(() => createReplica(createMemoryLog().connect(), changes)).toThrow(ConfigError);
  });

  test("close() ends ready() and revoke(), and may be called twice", async () => {
    const log = createMemoryLog();
    log.age = 0;
    const one = join(log, { foundingTime: 600 });
    const ready = expect(one.ready()).rejects.toThrow(DependencyError);
    await Promise.all([one.close(), one.close()]);
    await ready;
    await expect(one.revoke(byJti("a"))).rejects.toThrow(DependencyError);
  });
});
