// The table of revocations: the same answers as the list in memory, and exact ones.
import { describe, expect, test } from "vitest";
import { createRevocationList, type Revocation, type RevocationFacts } from "../../../src/index.js";
import { ChunkWriter, toPackedEntry, visitChunk } from "../../../src/revocation/replica/chunk.js";
import {
  createHashKey,
  hashId,
  hashPackedSample,
  hashSample,
  toPackedId,
} from "../../../src/revocation/replica/hash.js";
import { RevocationTable } from "../../../src/revocation/replica/table.js";
import { parseRevocation } from "../../../src/revocation/revocation.js";
import { start } from "../../support/clock.js";
import { createRandom } from "../../support/random.js";

function createTable(maxEntries = 1e6) {
  let [wall, host] = [start, 5000];
  const table = new RevocationTable({ now: () => wall, host: () => host }, maxEntries);
  return {
    table,
    revoke: (revocation: Revocation, mark = 1) => table.put(toPackedEntry(parseRevocation(revocation)), mark),
    step: (seconds: number) => {
      wall += seconds;
    },
    pass: (seconds: number) => {
      wall += seconds;
      host += seconds;
    },
    sweepAll: () => {
      for (let turn = 0; turn < 100; turn++) table.sweep();
    },
  };
}

const issuer = "https://issuer.test/";
const expiresAt = start + 300;
const nothing = { subject: undefined, clientId: undefined, jti: undefined, sid: undefined, issuedAt: undefined };
const factsOf = (some: Partial<RevocationFacts>): RevocationFacts => ({ ...nothing, issuer, expiresAt, ...some });

describe("Packed ids", () => {
  const texts = [
    "",
    "a",
    "ab",
    "abcdé",
    "abcdef",
    "auth0|5f7c8ec7c33c6c004bbafe82",
    "€uro-€uro",
    "\ud800x",
    "日本語の長いid",
  ];

  test.each(texts)("of %j have the same sample as the text", (text) => {
    expect(hashPackedSample(toPackedId(text), 3)).toBe(hashSample(text, 3));
  });

  test("differ for texts that a lossy encoding would make equal", () => {
    const { table, revoke } = createTable();
    revoke({ issuer, jti: "\ud800-long-enough", expiresAt });
    expect(table.isRevoked(factsOf({ jti: "\ud800-long-enough" }))).toBe(true);
    expect(table.isRevoked(factsOf({ jti: "\ud801-long-enough" }))).toBe(false);
    expect(table.isRevoked(factsOf({ jti: "\ufffd-long-enough" }))).toBe(false);
  });

  test("have another hash in another process, so that ids cannot be chosen to collide (CWE-407)", () => {
    const [one, other] = [createHashKey(), createHashKey()];
    const ids = Array.from({ length: 50 }, (_, index) => toPackedId(`auth0|${index}`));
    expect(ids.map((id) => hashId(one, id, 2))).not.toEqual(ids.map((id) => hashId(other, id, 2)));
    expect(new Set(ids.map((id) => hashId(one, id, 2))).size).toBe(50);
  });

  test("are HalfSipHash-1-3 with a tag in front", () => {
    // Computed with another implementation of the same rounds, in 64-bit integers.
    expect(hashId([0x03020100, 0x07060504], toPackedId("abcdefgh"), 1)).toBe(
      referenceHash([0x03020100n, 0x07060504n], "abcdefgh", 1n),
    );
    expect(hashId([-1, 5], toPackedId("abcde"), 9)).toBe(referenceHash([0xffffffffn, 5n], "abcde", 9n));
  });
});

/** HalfSipHash-1-3 by its description, without regard to speed. */
function referenceHash([k0, k1]: readonly [bigint, bigint], text: string, tag: bigint): number {
  const cut = (value: bigint) => value & 0xffffffffn;
  const turn = (value: bigint, by: bigint) => cut((value << by) | (value >> (32n - by)));
  let [v0, v1, v2, v3] = [k0, k1, 0x6c796765n ^ k0, 0x74656462n ^ k1];
  const round = () => {
    [v0, v2] = [cut(v0 + v1), cut(v2 + v3)];
    [v1, v3] = [turn(v1, 5n) ^ v0, turn(v3, 8n) ^ v2];
    v0 = turn(v0, 16n);
    [v0, v2] = [cut(v0 + v3), cut(v2 + v1)];
    [v3, v1] = [turn(v3, 7n) ^ v0, turn(v1, 13n) ^ v2];
    v2 = turn(v2, 16n);
  };
  const bytes = [...text].map((one) => BigInt(one.charCodeAt(0)));
  const blocks = [tag];
  for (let at = 0; at < bytes.length; at += 4) {
    blocks.push(bytes.slice(at, at + 4).reduceRight((block, byte) => (block << 8n) | byte, 0n));
  }
  for (const block of [...blocks, BigInt(bytes.length)]) {
    v3 ^= block;
    round();
    v0 ^= block;
  }
  v2 ^= 0xffn;
  for (let index = 0; index < 3; index++) round();
  return Number(v1 ^ v3);
}

describe("The table", () => {
  test("answers as the list does, for 20,000 random entries and questions", () => {
    const seeded = createRandom("table");
    const random = () => seeded.below(2 ** 30) / 2 ** 30;
    const { table, revoke } = createTable();
    const list = createRevocationList({ now: () => start });
    const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
    const issuers = [issuer, "https://b.test/", "https://ünï.test/€"];
    const id = () => `${pick(["", "auth0|", "€"])}${Math.floor(random() * 3000)}${pick(["", "@clients"])}`;
    for (let index = 0; index < 20_000; index++) {
      const dated = {
        issuedBefore: start - Math.floor(random() * 100),
        expiresAt: expiresAt + Math.floor(random() * 9),
      };
      const some = { issuer: pick(issuers), expiresAt };
      const revocation: Revocation = pick([
        { ...some, jti: id() },
        { ...some, sid: id() },
        { issuer: pick(issuers), subject: id(), ...dated },
        { issuer: pick(issuers), clientId: id(), ...dated },
      ]);
      revoke(revocation);
      list.revoke(revocation);
    }
    expect(table.size).toBe(list.size);
    let refused = 0;
    for (let index = 0; index < 20_000; index++) {
      const some = {
        jti: id(),
        sid: id(),
        subject: id(),
        clientId: id(),
        issuedAt: start - Math.floor(random() * 100),
      };
      const facts = factsOf({ issuer: pick(issuers), ...pick([some, { ...some, issuedAt: undefined }]) });
      const answer = table.isRevoked(facts);
      if (answer) refused++;
      expect(answer).toBe(list.isRevoked(facts));
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(19_000);
  });

  test.each<[string, Revocation]>([
    ["its whole issuer", { issuer, wholeIssuer: true, issuedBefore: start, expiresAt }],
    ["everything", { everything: true, issuedBefore: start, expiresAt }],
  ])("refuses a token by %s, and not a later one", (_name, revocation) => {
    const { table, revoke } = createTable();
    revoke(revocation);
    expect(table.isRevoked(factsOf({ issuedAt: start }))).toBe(true);
    expect(table.isRevoked(factsOf({}))).toBe(true);
    expect(table.isRevoked(factsOf({ issuedAt: start + 1 }))).toBe(false);
    const isEverything = "everything" in revocation;
    expect(table.isRevoked(factsOf({ issuer: "https://b.test/", issuedAt: start }))).toBe(isEverything);
  });

  test("drops entries that have ended by both clocks, and no others", () => {
    const { table, revoke, step, pass, sweepAll } = createTable();
    for (let index = 0; index < 60_000; index++) revoke({ issuer, jti: `short-lived-${index}`, expiresAt });
    for (let index = 0; index < 1000; index++) revoke({ issuer, jti: `long-lived-${index}`, expiresAt: start + 9000 });
    step(5000);
    sweepAll();
    step(-5000);
    expect(table.size).toBe(61_000);
    expect(table.isRevoked(factsOf({ jti: "short-lived-7" }))).toBe(true);
    pass(700);
    sweepAll();
    expect(table.size).toBe(1000);
    for (let index = 0; index < 1000; index++) {
      expect(table.isRevoked(factsOf({ jti: `long-lived-${index}` }))).toBe(true);
    }
    expect(table.isRevoked(factsOf({ jti: "short-lived-7" }))).toBe(false);
    revoke({ issuer, jti: "short-lived-7", expiresAt: start + 9000 });
    expect(table.isRevoked(factsOf({ jti: "short-lived-7" }))).toBe(true);
  });

  test("a revoked token does not revive within the clock tolerance after its exp, nor by a clock without a time", () => {
    const { table, revoke, pass, step } = createTable();
    revoke({ issuer, jti: "t1", expiresAt });
    pass(300 + 359);
    expect(table.isRevoked(factsOf({ jti: "t1" }))).toBe(true);
    step(Number.NaN);
    expect(table.isRevoked(factsOf({ jti: "t1" }))).toBe(true);
  });

  test("a full table takes no new entry, and extends those that it has", () => {
    const { table, revoke } = createTable(2);
    revoke({ issuer, jti: "a", expiresAt });
    revoke({ issuer, jti: "b", expiresAt });
    expect(() => revoke({ issuer, jti: "c", expiresAt })).toThrow(RangeError);
    expect(revoke({ issuer, jti: "a", expiresAt: expiresAt + 1 })).toBe(true);
    expect(revoke({ issuer, jti: "a", expiresAt: expiresAt - 100 })).toBe(false);
    expect(table.size).toBe(2);
  });
});

describe("A chunk", () => {
  const entries: readonly Revocation[] = [
    { issuer, jti: "t1", expiresAt },
    { issuer: "https://€.test/", sid: "s€1", expiresAt: expiresAt + 0.5 },
    { issuer, subject: "user|1", issuedBefore: start - 5, expiresAt },
    { issuer, clientId: "app", issuedBefore: start, expiresAt },
    { issuer, wholeIssuer: true, issuedBefore: start - 500, expiresAt },
    { everything: true, issuedBefore: start - 1000, expiresAt },
  ];
  const chunk = () => {
    const writer = new ChunkWriter();
    for (const entry of entries) writer.add(toPackedEntry(parseRevocation(entry)));
    return writer.take();
  };
  const load = (bytes: Uint8Array) => {
    const { table } = createTable();
    const visitor = {
      onEntry: (entry: Parameters<typeof table.put>[0]) => void table.put(entry, 1),
      onRepair: () => {},
    };
    return { table, result: visitChunk(bytes, visitor) };
  };

  test("brings every kind to another process", () => {
    const { table, result } = load(chunk());
    expect(result).toBe("read");
    expect(table.size).toBe(6);
    const old = { issuedAt: start - 600 };
    expect(table.isRevoked(factsOf({ jti: "t1", issuedAt: start + 1 }))).toBe(true);
    expect(table.isRevoked(factsOf({ issuer: "https://€.test/", sid: "s€1", issuedAt: start + 1 }))).toBe(true);
    expect(table.isRevoked(factsOf({ subject: "user|1", issuedAt: start - 5 }))).toBe(true);
    expect(table.isRevoked(factsOf({ clientId: "app", issuedAt: start }))).toBe(true);
    expect(table.isRevoked(factsOf(old))).toBe(true);
    expect(table.isRevoked(factsOf({ issuedAt: start - 400 }))).toBe(false);
    const again = new ChunkWriter();
    expect([...table.chunks()].map((one) => one.length)).toEqual([chunk().length]);
    expect(again.length).toBe(1);
  });

  test("that is cut, changed or made of anything never throws, and never shortens an entry", () => {
    const seeded = createRandom("chunk");
    const random = () => seeded.below(2 ** 30) / 2 ** 30;
    const good = chunk();
    const { table, revoke } = createTable();
    for (const entry of entries) revoke(entry);
    const visitor = {
      onEntry: (entry: Parameters<typeof table.put>[0]) => void table.put(entry, 1),
      onRepair: () => {},
    };
    for (let round = 0; round < 20_000; round++) {
      const bytes = good.slice(0, Math.floor(random() * (good.length + 1)));
      for (let index = 0; index < 3; index++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      visitChunk(bytes, visitor);
    }
    expect(table.isRevoked(factsOf({ jti: "t1", issuedAt: start + 1 }))).toBe(true);
    expect(table.isRevoked(factsOf({ subject: "user|1", issuedAt: start - 5 }))).toBe(true);
  });

  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "malformed"],
    ["text", new TextEncoder().encode('{"jti":"t1"}'), "malformed"],
    ["a later version", Uint8Array.of(2, 0, 0), "newer"],
    ["a kind that does not exist", Uint8Array.of(1, 7, 1, 0, 65, 0, 0, 0, 0, 0, 0, 0, 0), "malformed"],
    ["no records", Uint8Array.of(1), "read"],
  ])("of %s holds nothing", (_name, bytes, expected) => {
    const { table, result } = load(bytes);
    expect(result).toBe(expected);
    expect(table.size).toBe(0);
  });

  test("with an entry that ends never, or an id without an issuer, is malformed", () => {
    const write = (changes: object) => {
      const writer = new ChunkWriter();
      writer.add({ ...toPackedEntry(parseRevocation({ issuer, jti: "t1", expiresAt })), ...changes });
      return writer.take();
    };
    for (const changes of [
      { expiresAt: Number.NaN },
      { expiresAt: 1e13 },
      { issuer: "" },
      { kind: 2, issuedBefore: Infinity },
    ]) {
      expect(load(write(changes)).result).toBe("malformed");
    }
    expect(load(write({})).result).toBe("read");
  });
});
