// The log of revocations over a real JetStream: what the interface promises, and what breaks a log.
import { DiscardPolicy, type JetStreamManager, jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { createNatsRevocationLog } from "../../src/nats/revocation-log.js";
import { LogBrokenError, type RevocationLog } from "../../src/revocation/log.js";
import { type NatsServer, startNats } from "../support/nats-server.js";

const { isSkipped, note } = toSkip(["nats-server"]);
const writtenAt = Date.now() / 1000;
const bytes = (text: string) => new TextEncoder().encode(text);
const textsOf = (entries: readonly Uint8Array[]) => entries.map((entry) => new TextDecoder().decode(entry));

describe.skipIf(isSkipped)(`A log in JetStream${note}`, () => {
  let server: NatsServer;
  let nc: NatsConnection;
  /** The official client of JetStream, which sees what is really there. */
  let manager: JetStreamManager;
  const logs: RevocationLog[] = [];
  let count = 0;
  beforeAll(async () => {
    server = await startNats();
    nc = await connect({ servers: server.url });
    manager = await jetstreamManager(nc);
  });
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close();
  });
  afterAll(async () => {
    await nc.close();
    await server.close();
  });

  const create = (name: string) => {
    const log = createNatsRevocationLog(nc, { stream: name, subject: `test.${name}`, timeout: 5 });
    logs.push(log);
    return log;
  };
  const open = async (name = `S${count++}`) => {
    const log = create(name);
    await log.open();
    return { log, name };
  };
  const readAll = async (log: RevocationLog, position?: string) => {
    const texts: string[] = [];
    for (;;) {
      const batch = await log.read(position);
      texts.push(...textsOf(batch.entries));
      position = batch.position;
      if (batch.isAtEnd) return { texts, position };
    }
  };

  test("is founded once, and says how long ago", async () => {
    const { log, name } = await open();
    const first = await log.open();
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(60);
    expect(await create(name).open()).toBeGreaterThanOrEqual(first);
  });

  test("gives the entries of all processes in order, and those after a position", async () => {
    const { log, name } = await open();
    const { log: other } = await open(name);
    await log.append(bytes("a"));
    await other.append(bytes("b"));
    const { texts, position } = await readAll(log);
    expect(texts).toEqual(["a", "b"]);
    await log.append(bytes("c"));
    expect((await readAll(other, position)).texts).toEqual(["c"]);
  });

  test("gives every byte as it was", async () => {
    const { log } = await open();
    const entry = Uint8Array.from({ length: 256 }, (_, index) => index);
    await log.append(entry);
    expect([...((await log.read(undefined)).entries[0] ?? [])]).toEqual([...entry]);
  });

  test("gives more entries than one batch holds", async () => {
    const { log } = await open();
    const sent = Array.from({ length: 2345 }, (_, index) => `${index}`);
    await Promise.all(sent.map((text) => log.append(bytes(text))));
    const { texts } = await readAll(log);
    expect(texts.map(Number).sort((one, other) => one - other)).toEqual(sent.map(Number));
  });

  test("is at its end without entries, and has the next one of another process after that", async () => {
    const { log, name } = await open();
    const { log: other } = await open(name);
    const empty = await log.read(undefined);
    expect(empty).toMatchObject({ entries: [], isAtEnd: true });
    // It waits for the entry; on a slow machine it may answer before that it is still at its end.
    const reading = log.read(empty.position);
    await other.append(bytes("a"));
    const { entries, position } = await reading;
    expect([...textsOf(entries), ...(await readAll(log, position)).texts]).toEqual(["a"]);
  });

  test("is broken for a reader when it was emptied and filled again", async () => {
    const { log, name } = await open();
    await log.append(bytes("a"));
    const { position } = await readAll(log);
    await manager.streams.delete(name);
    await expect(log.read(position)).rejects.toBeInstanceOf(LogBrokenError);
    await log.open();
    await log.append(bytes("b"));
    await expect(log.read(position)).rejects.toBeInstanceOf(LogBrokenError);
    expect((await readAll(log)).texts).toEqual(["b"]);
  });

  test.each([
    ["and is as long as before", 1],
    ["and is longer", 2],
    ["and is shorter", 0],
  ])("is broken when its last entries were lost %s", async (_what, added) => {
    const { log, name } = await open();
    await log.append(bytes("kept"));
    await log.append(bytes("lost"));
    const { position } = await readAll(log);
    // As after a failover to a server that had less: other messages get the same numbers.
    const [, time, ...rest] = position.split(" ");
    const lost = [`${Number(position.split(" ")[0])}`, `${time}`.replace(/^\d{4}/, "2001"), ...rest].join(" ");
    for (let n = 0; n < added; n++) await log.append(bytes("new"));
    const beyond = [`${2 + added + 1}`, time, ...rest].join(" ");
    await expect(log.read(added === 0 ? beyond : lost)).rejects.toBeInstanceOf(LogBrokenError);
    expect(name).toBeDefined();
  });

  test("is broken for a reader that is behind what was trimmed", async () => {
    const { log } = await open();
    const empty = await log.read(undefined);
    for (const text of ["a", "b", "c"]) await log.append(bytes(text));
    const { position } = await readAll(log);
    expect(await log.writeSnapshot({ position, chunks: [bytes("abc")], writtenAt })).toBe(true);
    await expect(log.read(empty.position)).rejects.toBeInstanceOf(LogBrokenError);
    // The entry at the position stays, so that it continues for those who have it all.
    await log.append(bytes("d"));
    expect((await readAll(log, position)).texts).toEqual(["d"]);
  });

  test("goes on without an entry that was deleted by hand", async () => {
    const { log, name } = await open();
    for (const text of ["a", "b", "c"]) await log.append(bytes(text));
    await manager.streams.deleteMessage(name, 2);
    expect((await readAll(log)).texts).toEqual(["a", "c"]);
  });

  describe("stores a snapshot", () => {
    const collect = async (log: RevocationLog) => {
      const snapshot = await log.findSnapshot();
      const chunks: Uint8Array[] = [];
      for await (const chunk of snapshot?.chunks ?? []) chunks.push(chunk);
      return { position: snapshot?.position, chunks };
    };
    const prepare = async () => {
      const { log, name } = await open();
      await log.append(bytes("a"));
      return { log, name, position: (await readAll(log)).position };
    };

    test("of chunks that are larger than a message may be", async () => {
      const { log, name, position } = await prepare();
      expect(await log.findSnapshot()).toBeUndefined();
      const large = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 31) % 251);
      expect(await log.writeSnapshot({ position, chunks: [large, new Uint8Array(0), bytes("end")], writtenAt })).toBe(
        true,
      );
      const { log: joiner } = await open(name);
      const found = await collect(joiner);
      expect(found.position).toBe(position);
      expect(found.chunks.map((chunk) => Buffer.from(chunk).equals(large) || chunk.length)).toEqual([true, 0, 3]);
    });

    test("once, when several processes want to", async () => {
      const { log, name, position } = await prepare();
      const others = await Promise.all([1, 2, 3].map(async () => (await open(name)).log));
      const all = [log, ...others].map((one, index) =>
        one.writeSnapshot({ position, chunks: [bytes(`${index}`)], writtenAt }),
      );
      const stored = await Promise.all(all);
      const first = stored.indexOf(true);
      expect(first).toBeGreaterThanOrEqual(0);
      expect((await collect(log)).chunks.length).toBe(1);
    });

    test("that no earlier one replaces, and a later one does", async () => {
      const { log, position } = await prepare();
      await log.append(bytes("b"));
      const { position: later } = await readAll(log, position);
      expect(await log.writeSnapshot({ position: later, chunks: [bytes("ab")], writtenAt })).toBe(true);
      expect(await log.writeSnapshot({ position, chunks: [bytes("a")], writtenAt })).toBe(false);
      expect((await collect(log)).position).toBe(later);
      await log.append(bytes("c"));
      const { position: last } = await readAll(log, later);
      expect(await log.writeSnapshot({ position: last, chunks: [bytes("abc")], writtenAt })).toBe(true);
      expect(textsOf((await collect(log)).chunks)).toEqual(["abc"]);
    });

    test("whose parts can still be read by a process that began before the next one", async () => {
      const { log, name, position } = await prepare();
      await log.writeSnapshot({ position, chunks: [bytes("old")], writtenAt });
      const { log: joiner } = await open(name);
      const found = await joiner.findSnapshot();
      await log.writeSnapshot({ position, chunks: [bytes("new")], writtenAt });
      const chunks: Uint8Array[] = [];
      for await (const chunk of found?.chunks ?? []) chunks.push(chunk);
      expect(textsOf(chunks)).toEqual(["old"]);
      await log.writeSnapshot({ position, chunks: [bytes("newest")], writtenAt });
      // Those before the last one are gone.
      const filter = `test.${name}.snapshot.part.>`;
      const { state } = await manager.streams.info(`${name}_SNAPSHOTS`, { subjects_filter: filter });
      expect(Object.keys(state.subjects ?? {})).toHaveLength(2);
      expect(textsOf((await collect(log)).chunks)).toEqual(["newest"]);
    });

    test("whose missing part is noticed", async () => {
      const { log, name, position } = await prepare();
      await log.writeSnapshot({ position, chunks: [bytes("a"), bytes("b")], writtenAt });
      await manager.streams.purge(`${name}_SNAPSHOTS`, { filter: `test.${name}.snapshot.part.*.1.0` });
      await expect(log.findSnapshot()).rejects.toBeInstanceOf(LogBrokenError);
      // It can be stored again.
      expect(await log.writeSnapshot({ position, chunks: [bytes("ab")], writtenAt })).toBe(true);
      expect(textsOf((await collect(log)).chunks)).toEqual(["ab"]);
    });

    test.each(["", "{}", "[]", "null", '{"version":1,"name":"../x","position":"1","parts":[1]}', "\u0000"])(
      "that is not the malformed manifest %j",
      async (text) => {
        const { log, name } = await prepare();
        await nc.request(`test.${name}.snapshot.manifest.1`, text);
        expect(await log.findSnapshot()).toBeUndefined();
      },
    );
  });

  test("is not stored by a process whose clock is ahead, which drops what others still need", async () => {
    const { log } = await open();
    await log.append(bytes("a"));
    const { position } = await log.read(undefined);
    const ahead = { position, chunks: [bytes("a")], writtenAt: Date.now() / 1000 + 600 };
    await expect(log.writeSnapshot(ahead)).rejects.toThrow("clock");
    expect(await log.findSnapshot()).toBeUndefined();
  });

  test.each<[string, Partial<StreamConfig>]>([
    ["discard new", { discard: DiscardPolicy.Old }],
    ["max_age 0", { discard: DiscardPolicy.New, max_age: 3_600_000_000_000 }],
    ["max_msgs_per_subject -1", { discard: DiscardPolicy.New, max_msgs_per_subject: 1 }],
  ])("is refused where its stream drops entries: it has not %s", async (problem, config) => {
    const name = `DROPS${count++}`;
    await manager.streams.add({ name, subjects: [`test.${name}.log`], ...config });
    await expect(create(name).open()).rejects.toThrow(`has not ${problem}`);
  });

  test("goes on with a stream that was made by hand and drops nothing", async () => {
    const name = `KEEPS${count++}`;
    await manager.streams.add({ name, subjects: [`test.${name}.log`], discard: DiscardPolicy.New });
    await create(name).open();
  });

  test("rejects while the server is silent, and after it is closed", async () => {
    const own = await startNats();
    const other = await connect({ servers: own.url, reconnectTimeWait: 50, maxReconnectAttempts: -1 });
    const log = createNatsRevocationLog(other, { stream: "A", subject: "a", timeout: 0.2 });
    await log.open();
    await own.kill();
    await expect(log.append(bytes("a"))).rejects.toThrow("NATS cannot be reached");
    await expect(log.read(undefined)).rejects.toThrow("NATS cannot be reached");
    await own.start();
    await expect
      .poll(
        () =>
          log.append(bytes("b")).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
    await log.close();
    await expect(log.read(undefined)).rejects.toThrow("closed");
    await other.close();
    await own.close();
  });
});
