// What a process adds to the log again, and when: appends that are lost, slow, or impossible.
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Revocation } from "../../../src/index.js";
import type { RevocationLog } from "../../../src/revocation/log.js";
import { createReplica, type RevocationReplica } from "../../../src/revocation/replica/replica.js";
import { start } from "../../support/clock.js";
import { toChunk } from "./_chunks.js";
import { createMemoryLog } from "./_log.js";

const open: RevocationReplica[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((replica) => replica.close()));
});

function join(log: RevocationLog): RevocationReplica {
  const replica = createReplica(log, { now: () => start, foundingTime: 0 });
  open.push(replica);
  return replica;
}

const issuer = "https://issuer.test/";
const expiresAt = start + 300;
const byJti = (jti: string): Revocation => ({ issuer, jti, expiresAt });
const knows = (one: RevocationReplica, jti: string) =>
  one.isRevoked({
    ...{ issuer, jti, sid: undefined, subject: undefined, clientId: undefined, issuedAt: undefined, expiresAt },
  });
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await delay(5);
};

describe("A process that revokes", () => {
  test("goes on after a revocation that no token could match, which revokes nothing", async () => {
    const one = join(createMemoryLog().connect());
    await one.ready();
    const long = "https://issuer.test/".padEnd(70_000, "x");
    await expect(one.revoke({ issuer: long, jti: "a", expiresAt })).rejects.toThrow(TypeError);
    await expect(one.revoke({ issuer: "\u0416".repeat(40_000), jti: "a", expiresAt })).rejects.toThrow(TypeError);
    expect(one.status().entries).toBe(0);
    await one.revoke(byJti("b"));
    expect(knows(one, "b")).toBe(true);
  });

  test("adds again what a server took and lost before it was read back", async () => {
    const log = createMemoryLog();
    const inner = log.connect();
    let isLost = false;
    const one = join({
      ...inner,
      async append(entry) {
        if (isLost) return inner.append(entry);
        // The answer came, and the server that takes over has not got the entry.
        isLost = true;
        log.isDown = true;
      },
    });
    const other = join(log.connect());
    await Promise.all([one.ready(), other.ready()]);
    await one.revoke(byJti("a"));
    await until(() => !one.status().isConnected);
    log.isDown = false;
    await until(() => knows(other, "a"));
  });

  test("adds again what a second loss took while it added what the first one took", async () => {
    const log = createMemoryLog();
    const inner = log.connect();
    let release = () => {};
    let gate: Promise<void> | undefined;
    let [held, reads] = [0, 0];
    const one = join({
      ...inner,
      async append(entry) {
        if (gate) held++;
        await gate;
        await inner.append(entry);
      },
      async read(position) {
        const batch = await inner.read(position);
        reads++;
        return batch;
      },
    });
    await one.ready();
    await Promise.all([one.revoke(byJti("a")), one.revoke(byJti("b"))]);
    await until(() => one.status().reasons.length === 0);
    gate = new Promise((resolve) => {
      release = resolve;
    });
    log.lose();
    log.entries.push(toChunk([byJti("a")]));
    await until(() => held === 1);
    log.lose();
    // The reader notices, reads the new log from its start, and then on.
    const before = reads;
    await until(() => reads > before + 1);
    gate = undefined;
    release();
    const late = join(log.connect());
    await late.ready();
    await until(() => knows(late, "a") && knows(late, "b"));
  });
});
