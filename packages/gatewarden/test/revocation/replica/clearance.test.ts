// Known tokens against the table: whatever it noted with their facts, it answers as a plain list of entries does.
import { describe, expect, test, vi } from "vitest";
import { createRevocationList, type Revocation } from "../../../src/index.js";
import { toPackedEntry, visitChunk } from "../../../src/revocation/replica/chunk.js";
import { SampleFilter } from "../../../src/revocation/replica/sample-filter.js";
import { RevocationTable } from "../../../src/revocation/replica/table.js";
import { parseRevocation, type RevocationEntry, revocationGrace } from "../../../src/revocation/revocation.js";
import { type RevocationFacts, TokenIdentity } from "../../../src/token/identity.js";
import { start } from "../../support/clock.js";
import { createRandom } from "../../support/random.js";

const issuers = ["https://issuer.test/", "https://b.test/"] as const;
const [issuer] = issuers;
const expiresAt = start + 300;

/** The clocks of one host. */
function createClocks() {
  const clocks = { wall: start, host: 5000 };
  return {
    clocks,
    parts: { now: () => clocks.wall, host: () => clocks.host },
    step: (seconds: number) => {
      clocks.wall += seconds;
    },
    pass: (seconds: number) => {
      clocks.wall += seconds;
      clocks.host += seconds;
    },
  };
}

type Clocks = ReturnType<typeof createClocks>;

interface Known extends RevocationEntry {
  keepUntil: number;
}

/** A table, and a list of entries that says by the rules alone what it must answer. */
function createTable({ clocks, parts }: Clocks) {
  const table = new RevocationTable(parts, 1e6);
  let entries: Known[] = [];
  const isEnded = (entry: Known) => clocks.wall >= entry.expiresAt + revocationGrace;
  const note = (entry: RevocationEntry) => {
    const keepUntil = clocks.host + entry.expiresAt + revocationGrace - clocks.wall;
    const same = entries.find((one) => one.kind === entry.kind && one.issuer === entry.issuer && one.id === entry.id);
    if (same === undefined && clocks.host >= keepUntil) return;
    entries = entries.filter((one) => one !== same);
    entries.push({
      ...entry,
      expiresAt: Math.max(entry.expiresAt, same?.expiresAt ?? entry.expiresAt),
      issuedBefore: Math.max(entry.issuedBefore, same?.issuedBefore ?? entry.issuedBefore),
      keepUntil: Math.max(keepUntil, same?.keepUntil ?? keepUntil),
    });
  };
  const concerns = ({ kind, issuer, id, issuedBefore }: Known, facts: RevocationFacts) =>
    (kind === "everything" || issuer === facts.issuer) &&
    (kind === "everything" || kind === "wholeIssuer" || facts[kind] === id) &&
    (facts.issuedAt ?? Number.NEGATIVE_INFINITY) <= issuedBefore;
  return {
    table,
    put(revocation: Revocation) {
      const entry = parseRevocation(revocation);
      table.put(toPackedEntry(entry), 1);
      note(entry);
    },
    /** Takes all that another process knows, as from a snapshot. */
    load(other: { table: RevocationTable; entries: () => readonly Known[] }) {
      const onEntry = (entry: Parameters<RevocationTable["put"]>[0]) => void table.put(entry, 1);
      for (const chunk of other.table.chunks()) visitChunk(chunk, { onEntry, onRepair: () => {} });
      for (const entry of other.entries()) note(entry);
    },
    sweep() {
      table.sweep();
      entries = entries.filter((entry) => !(isEnded(entry) && clocks.host >= entry.keepUntil));
    },
    entries: () => entries,
    expected: (facts: RevocationFacts) => entries.some((entry) => !isEnded(entry) && concerns(entry, facts)),
  };
}

describe("A known token", () => {
  test("is answered as a list of entries says, in any order of revoking, loading, sweeping, waiting and setting clocks", () => {
    const random = createRandom("clearance");
    const pick = <Value>(values: readonly Value[]) => values[random.below(values.length)] as Value;
    // Some end alike, some are as long as others, and some need two bytes per character.
    const ids = ["a|0001", "a|0002", "b|0001", "longer|0001", "1", "Ω|0001", "Ω|0002"];
    const id = () => pick(ids);
    const wrong: unknown[] = [];
    let [revoked, clear, kept] = [0, 0, 0];
    for (let run = 0; run < 300; run++) {
      const host = createClocks();
      const tables = [createTable(host), createTable(host)] as const;
      const tokens = Array.from({ length: 8 }, () => {
        const claims = { iss: pick(issuers), jti: id(), sid: id(), sub: id(), azp: id(), exp: expiresAt };
        return new TokenIdentity({ ...claims, ...(random.below(4) > 0 && { iat: start - random.below(9) }) });
      });
      const revoke = (table: (typeof tables)[number]) => {
        const times = { expiresAt: host.clocks.wall + random.below(900) - 300 };
        const dated = { ...times, issuedBefore: start - random.below(12) };
        const of = { issuer: pick(issuers) };
        const narrow: Revocation[] = [
          { ...of, ...times, jti: id() },
          { ...of, ...times, sid: id() },
          { ...of, ...dated, subject: id() },
          { ...of, ...dated, clientId: id() },
        ];
        const wide: Revocation[] = [
          { ...of, ...dated, wholeIssuer: true as const },
          { ...dated, everything: true as const },
        ];
        table.put(random.below(12) === 0 ? pick(wide) : pick(narrow));
      };
      const acts: ((table: (typeof tables)[number]) => void)[] = [
        revoke,
        (table) => table.sweep(),
        (table) => table.load(table === tables[0] ? tables[1] : tables[0]),
        () => host.step(random.below(1200) - 600),
        () => host.pass(random.below(400)),
      ];
      for (let turn = 0; turn < 200; turn++) {
        if (random.below(3) === 0) pick(acts)(pick(tables));
        const [table, facts] = [pick(tables), pick(tokens)];
        const expected = table.expected(facts);
        const before = TokenIdentity.readClearance(facts);
        const answers = [table.table.isRevoked(facts), table.table.isRevoked({ ...facts })];
        if (answers.some((answer) => answer !== expected)) wrong.push({ run, turn, answers, expected });
        if (expected) revoked++;
        else clear++;
        if (before !== 0 && TokenIdentity.readClearance(facts) === before) kept++;
      }
    }
    expect(wrong).toEqual([]);
    expect(Math.min(revoked, clear, kept)).toBeGreaterThan(1000);
  });

  const facts = () => new TokenIdentity({ iss: issuer, jti: "t1", sub: "user|1", iat: start - 10, exp: expiresAt });
  const other: Revocation = { issuer, jti: "other", expiresAt };

  test.each<[string, Revocation]>([
    ["a new entry", { issuer, jti: "t1", expiresAt }],
    ["an entry that is extended", { issuer, subject: "user|1", issuedBefore: start, expiresAt }],
    ["its whole issuer", { issuer, wholeIssuer: true, issuedBefore: start, expiresAt }],
  ])("that was found good is refused by %s, and another stays good", (_name, revocation) => {
    const { table, put } = createTable(createClocks());
    put({ issuer, subject: "user|1", issuedBefore: start - 100, expiresAt });
    const [known, neighbour] = [facts(), new TokenIdentity({ iss: issuer, jti: "t2", iat: start + 1, exp: expiresAt })];
    for (let turn = 0; turn < 3; turn++)
      expect([known, neighbour].map((one) => table.isRevoked(one))).toEqual([false, false]);
    put(revocation);
    for (let turn = 0; turn < 3; turn++)
      expect([known, neighbour].map((one) => table.isRevoked(one))).toEqual([true, false]);
  });

  test("that was good since its entry had ended is refused again when the clock is set back", () => {
    const host = createClocks();
    const { table, put } = createTable(host);
    put({ issuer, jti: "t1", expiresAt });
    const known = facts();
    host.step(300 + revocationGrace);
    expect([table.isRevoked(known), table.isRevoked(known)]).toEqual([false, false]);
    host.step(-1);
    expect(table.isRevoked(known)).toBe(true);
  });

  test("that was found good is looked up again only where a change may be about it, or many came since", () => {
    const { table, put } = createTable(createClocks());
    put(other);
    const lookUps = vi.spyOn(SampleFilter.prototype, "mayHave");
    const countAfter = (revocations: readonly Revocation[]) => {
      const known = facts();
      expect(table.isRevoked(known)).toBe(false);
      for (const revocation of revocations) put(revocation);
      lookUps.mockClear();
      expect(table.isRevoked(known)).toBe(false);
      return lookUps.mock.calls.length;
    };
    const others = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ issuer, jti: `of somebody ${count}-${index}`, expiresAt }));
    expect(countAfter([])).toBe(0);
    expect(countAfter(others(15))).toBe(0);
    expect(countAfter(others(16))).toBeGreaterThan(0);
    // As long, and with the same end: only the table itself can say that it is another.
    expect(countAfter([{ issuer, subject: "xser|1", issuedBefore: start, expiresAt }])).toBeGreaterThan(0);
    expect(countAfter([{ issuer: issuers[1], wholeIssuer: true, issuedBefore: start, expiresAt }])).toBeGreaterThan(0);
    lookUps.mockRestore();
  });

  const byJti = (end: number): Revocation => ({ issuer, jti: "t1", expiresAt: end });

  test.each<[string, readonly Revocation[], (ask: { put: (one: Revocation) => void; table: RevocationTable }) => void]>(
    [
      ["revokes it", [], ({ put }) => put(byJti(expiresAt))],
      ["asks about another", [byJti(start)], ({ table }) => table.isRevoked({ ...facts(), jti: "t2", subject: "b" })],
    ],
  )("is refused from the next check on, though the clock %s during a check", (_name, before, act) => {
    const { clocks, parts, step } = createClocks();
    const acts: (() => void)[] = [];
    const now = () => {
      acts.pop()?.();
      return clocks.wall;
    };
    const table = new RevocationTable({ ...parts, now }, 10);
    const put = (one: Revocation) => void table.put(toPackedEntry(parseRevocation(one)), 1);
    for (const one of [...before, { issuer, subject: "user|1", issuedBefore: start - 100, expiresAt }]) put(one);
    step(revocationGrace);
    // The clock acts when it is read for the subject, which comes last.
    acts.push(() => act({ table, put }), ...before.map(() => () => {}));
    const known = facts();
    expect([table.isRevoked(known), acts.length]).toEqual([false, 0]);
    step(-1);
    expect(table.isRevoked(known)).toBe(true);
  });

  test("that one table found good is refused by another, and by the same facts in other hands", () => {
    const [one, two] = [createTable(createClocks()), createTable(createClocks())];
    for (const { put } of [one, two]) put(other);
    const known = facts();
    expect([one.table.isRevoked(known), two.table.isRevoked(known)]).toEqual([false, false]);
    two.put({ issuer, jti: "t1", expiresAt });
    expect([one.table.isRevoked(known), two.table.isRevoked(known)]).toEqual([false, true]);
    expect([one.table.isRevoked(known), two.table.isRevoked({ ...known })]).toEqual([false, true]);
    const wrapped = new Proxy(known, {});
    expect(one.table.isRevoked(wrapped)).toBe(false);
    expect(TokenIdentity.readClearance(wrapped)).toBe(0);
  });

  test("carries a note that nothing but a table can read, and that keeps no table alive", () => {
    const list = createRevocationList({ now: () => start });
    const known = facts();
    expect(list.isRevoked(known)).toBe(false);
    expect(Reflect.ownKeys(known)).toEqual(["issuer", "subject", "clientId", "jti", "sid", "issuedAt", "expiresAt"]);
    expect(Object.isFrozen(known)).toBe(true);
    const { table, put } = createTable(createClocks());
    put(other);
    table.isRevoked(known);
    expect(typeof TokenIdentity.readClearance(known)).toBe("number");
  });
});
