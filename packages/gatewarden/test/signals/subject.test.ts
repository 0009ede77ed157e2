// What events end, by their subject: whose access tokens it names, and who may say so.
import { describe, expect, test, vi } from "vitest";
import type { SignalsOptions } from "../../src/signals/signals.js";
import { start } from "../support/clock.js";
import { ec, issuer, jwks, token, verdict } from "../support/keys.js";
import { createSignalBench, risc, sessionRevoked, setToken } from "./_signal.js";

const ofUser = { issuer, subject: "user|1", issuedBefore: start, expiresAt: start + 86_400 };
const ofSession = { issuer, sid: "s1", expiresAt: start + 86_400 };
const issSub = { format: "iss_sub", iss: issuer, sub: "user|1" };
const opaque = { format: "opaque", id: "s1" };

describe("The subject of an event (RFC 9493, SSF 1.0 §3)", () => {
  test.each<[string, object, object | undefined]>([
    ["iss_sub: a user", { sub_id: issSub }, ofUser],
    ["iss_sub of another issuer", { sub_id: { ...issSub, iss: "https://other.test/" } }, undefined],
    ["iss_sub without sub", { sub_id: { format: "iss_sub", iss: issuer } }, undefined],
    ["iss_sub with a number", { sub_id: { ...issSub, sub: 5 } }, undefined],
    ["iss_sub whose iss is a member of Object", { sub_id: { ...issSub, iss: "constructor" } }, undefined],
    [
      "jwt_id: a token",
      { sub_id: { format: "jwt_id", iss: issuer, jti: "t1" } },
      { issuer, jti: "t1", expiresAt: start + 86_400 },
    ],
    ["opaque: a session, in session-revoked (CAEP 1.0 §3.1)", { sub_id: opaque }, ofSession],
    ["opaque in another event", { sub_id: opaque, events: { [`${risc}account-disabled`]: {} } }, undefined],
    ["complex: a user", { sub_id: { format: "complex", user: issSub } }, ofUser],
    ["complex: a session", { sub_id: { format: "complex", session: opaque } }, ofSession],
    [
      "complex: both, of which the user ends by default",
      { sub_id: { format: "complex", user: issSub, session: opaque } },
      ofUser,
    ],
    [
      "complex: a user on a device, of which more ends, never less",
      { sub_id: { format: "complex", user: issSub, device: opaque } },
      ofUser,
    ],
    ["complex: only a tenant", { sub_id: { format: "complex", tenant: opaque } }, undefined],
    ["complex in complex", { sub_id: { format: "complex", user: { format: "complex", user: issSub } } }, undefined],
    [
      "aliases: the first that names tokens",
      { sub_id: { format: "aliases", identifiers: [{ format: "email", email: "a@b.c" }, issSub] } },
      ofUser,
    ],
    [
      "aliases in aliases",
      { sub_id: { format: "aliases", identifiers: [{ format: "aliases", identifiers: [issSub] }] } },
      undefined,
    ],
    ["aliases without a list", { sub_id: { format: "aliases", identifiers: issSub } }, undefined],
    ["email", { sub_id: { format: "email", email: "a@b.c" } }, undefined],
    ["phone_number", { sub_id: { format: "phone_number", phone_number: "+1" } }, undefined],
    ["a format that is not known", { sub_id: { format: "constructor", iss: issuer, sub: "user|1" } }, undefined],
    [
      "`subject` in the event, as Okta writes it",
      { sub_id: undefined, events: { [sessionRevoked]: { subject: issSub } } },
      ofUser,
    ],
    [
      "`sub_id`, where the event's own subject differs",
      { events: { [sessionRevoked]: { subject: { ...issSub, sub: "user|2" } } } },
      ofUser,
    ],
  ])("%s", async (_name, changes, expected) => {
    const { push, reports } = createSignalBench();
    expect((await push(setToken(changes as never))).status).toBe(202);
    const [report] = reports;
    expect(report).toMatchObject({ outcome: "done", revocations: expected ? [expected] : [] });
    expect(report && "unmatched" in report && report.unmatched.length).toBe(expected ? 0 : 1);
  });

  test("ends the session with `ends: session`, where it names both", async () => {
    const { push, guard } = createSignalBench({ ends: "session" });
    await push(setToken({ sub_id: { format: "complex", user: issSub, session: opaque } }));
    expect(await verdict(guard, token({ sid: "s1" }))).toBe("token_revoked");
    expect(await verdict(guard, token({ sid: "s2" }))).toBe("accepted");
  });

  test("is translated where its issuer is spelt differently, as Google's RISC does", async () => {
    const google = "https://accounts.google.com";
    const event = `${risc}account-disabled`;
    const guardChanges = { issuer: `${google}/`, keys: { jwks } };
    const changes = { profile: "set", issuers: { [`${google}/`]: google } } as const;
    const { push, reports } = createSignalBench(changes, guardChanges);
    const subject = { subject_type: "iss-sub", iss: `${google}/`, sub: "7375626A656374" };
    const events = { [event]: { subject, reason: "hijacking" } };
    const header = { alg: "ES256", kid: ec.kid };
    const answer = await push(setToken({ iss: `${google}/`, sub_id: undefined, txn: undefined, events }, { header }));
    expect(answer.status).toBe(202);
    expect(reports).toMatchObject([{ revocations: [{ issuer: google, subject: "7375626A656374" }] }]);
  });

  test("of another issuer of the guard is refused by default: a tenant ends no other tenant's", async () => {
    const other = "https://other.test/";
    const guardChanges = { issuer: [issuer, other].map((name) => ({ issuer: name, keys: { jwks } })), keys: {} };
    const { push, guard, list, reports } = createSignalBench({}, guardChanges);
    const foreign = { ...issSub, iss: other };
    for (const [jti, sub_id] of Object.entries({
      plain: foreign,
      complex: { format: "complex", user: foreign },
      aliases: { format: "aliases", identifiers: [foreign] },
      token: { format: "jwt_id", iss: other, jti: "t1" },
    })) {
      expect((await push(setToken({ jti, sub_id }))).status).toBe(202);
    }
    expect(list.size).toBe(0);
    expect(reports.every((report) => "unmatched" in report && report.unmatched.length === 1)).toBe(true);
    await push(setToken());
    expect(await verdict(guard, token())).toBe("token_revoked");
    expect(await verdict(guard, token({ iss: other }))).toBe("accepted");
  });

  test("is a session of the transmitter's own where the guard has several issuers", async () => {
    const other = "https://other.test/";
    const guardChanges = { issuer: [issuer, other].map((name) => ({ issuer: name, keys: { jwks } })), keys: {} };
    const { push, guard } = createSignalBench({}, guardChanges);
    await push(setToken({ iss: other, sub_id: opaque }));
    expect(await verdict(guard, token({ sid: "s1", iss: other }))).toBe("token_revoked");
    expect(await verdict(guard, token({ sid: "s1" }))).toBe("accepted");
  });

  test("of another issuer ends where the option `issuers` says so", async () => {
    const other = "https://other.test/";
    const guardChanges = { issuer: [issuer, other].map((name) => ({ issuer: name, keys: { jwks } })), keys: {} };
    const { push, guard } = createSignalBench({ issuers: [other] }, guardChanges);
    await push(setToken({ sub_id: { ...issSub, iss: other } }));
    expect(await verdict(guard, token({ iss: other }))).toBe("token_revoked");
  });

  test("is the transmitter's own where a function looks issuers up", async () => {
    const resolve = (name: string) => (name === issuer ? { issuer, keys: { jwks } } : undefined);
    const { push, list } = createSignalBench({}, { issuer: resolve, keys: {} });
    expect((await push(setToken())).status).toBe(202);
    expect(list.size).toBe(1);
  });

  test("ends the user of a disabled account with `ends: session` too, and the session alone in session-revoked", async () => {
    const { push, guard } = createSignalBench({ ends: "session" });
    const sub_id = { format: "complex", user: issSub, session: opaque };
    await push(setToken({ sub_id }));
    expect(await verdict(guard, token({ sid: "s2" }))).toBe("accepted");
    await push(setToken({ jti: "2", sub_id, events: { [`${risc}account-disabled`]: {} } }));
    expect(await verdict(guard, token({ sid: "s2" }))).toBe("token_revoked");
  });

  test.each([
    ["synchronously", (found: object) => found],
    ["by a promise", async (found: object) => found],
  ])("is found by the application %s", async (_name, answer) => {
    const subject = vi.fn(({ subject: given }) =>
      answer(given.email === "a@b.c" ? { issuer, sub: "user|1" } : (undefined as never)),
    );
    const { push, reports } = createSignalBench({ subject } as Partial<SignalsOptions>);
    await push(setToken({ sub_id: { format: "email", email: "a@b.c" } }));
    await push(setToken({ jti: "2", sub_id: { format: "email", email: "other" } }));
    expect(reports).toMatchObject([{ revocations: [ofUser] }, { revocations: [], unmatched: [{ jti: "2" }] }]);
  });
});
