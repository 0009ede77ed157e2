// What events end, by type; repeated deliveries; push and its answers; verification.
import { describe, expect, test, vi } from "vitest";
import { createSignalsReceiver, defaultActions, type SignalsOptions } from "../../src/signals/signals.js";
import { start } from "../support/clock.js";
import { issuer, token, verdict } from "../support/keys.js";
import {
  caep,
  createSignalBench,
  receiverAudience,
  risc,
  sessionRevoked,
  setToken,
  verdictOf,
  verification,
} from "./_signal.js";

const ofUser = { issuer, subject: "user|1", issuedBefore: start, expiresAt: start + 86_400 };

describe("An event that should revoke and names no access tokens", () => {
  test("is warned about once, where there is no listener", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const { push } = createSignalBench({ onSignal: undefined } as never);
    await push(setToken());
    expect(warned).not.toHaveBeenCalled();
    for (const jti of ["2", "3"]) await push(setToken({ jti, sub_id: { format: "email", email: "a@b.c" } }));
    expect(warned.mock.calls.map(([message]) => String(message))).toEqual([expect.stringContaining("revoked nothing")]);
    warned.mockRestore();
  });
});

describe("The type of an event", () => {
  const revoking = [
    ...["session-revoked", "token-claims-change", "credential-change"].map((name) => caep + name),
    ...["account-disabled", "account-purged", "account-credential-change-required"].map((name) => risc + name),
    ...["credential-compromise", "sessions-revoked"].map((name) => risc + name),
    "https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked",
  ];
  const all = Object.keys(defaultActions);

  test.each(all)("%s does what the table says", async (type) => {
    const { push, list } = createSignalBench();
    await push(setToken({ events: { [type]: {} } }));
    expect(list.size).toBe(revoking.includes(type) ? 1 : 0);
  });

  test.each([
    ["create", 0],
    ["update", 1],
    ["revoke", 1],
    ["delete", 1],
    [undefined, 1],
    [5, 1],
  ])("credential-change with change_type %j revokes %i", async (change_type, size) => {
    const { push, list } = createSignalBench();
    await push(setToken({ events: { [`${caep}credential-change`]: { change_type } } }));
    expect(list.size).toBe(size);
  });

  test("may be given another action: ignore, revoke, or a function", async () => {
    const clientWide = { issuer, clientId: "app", issuedBefore: start, expiresAt: start + 60 } as const;
    const actions = {
      [sessionRevoked]: "ignore",
      "urn:own": "revoke",
      [`${caep}device-compliance-change`]: async () => [clientWide],
      [`${caep}risk-level-change`]: ({ payload }: { payload: object }) =>
        "current_level" in payload && payload.current_level === "HIGH" ? "revoke" : "ignore",
    } as const;
    const { push, reports } = createSignalBench({ actions });
    const send = (jti: string, events: object) => push(setToken({ jti, events }));
    await send("1", { [sessionRevoked]: {} });
    await send("2", { "urn:own": {} });
    await send("3", { [`${caep}device-compliance-change`]: {} });
    await send("4", { [`${caep}risk-level-change`]: { current_level: "HIGH" } });
    await send("5", { [`${caep}risk-level-change`]: { current_level: "LOW" } });
    expect(reports.map((report) => "revocations" in report && report.revocations)).toEqual([
      ...[[], [ofUser], [clientWide], [ofUser], []],
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("a secret");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("a secret");
      },
    ],
    ["returns something else", () => "maybe" as never],
  ])("whose function %s counts as not received", async (_name, action) => {
    const { push, reports } = createSignalBench({ actions: { [sessionRevoked]: action } });
    const answer = await push(setToken());
    expect([answer.status, answer.body]).toEqual([503, undefined]);
    expect(reports).toMatchObject([{ outcome: "failed" }]);
  });

  test("is one of several in a token, each of which is carried out", async () => {
    const { push, reports } = createSignalBench();
    await push(setToken({ events: { [sessionRevoked]: {}, [`${risc}account-disabled`]: {}, "urn:x": {} } }));
    expect(reports).toMatchObject([{ signals: [{}, {}, {}], revocations: [ofUser, ofUser] }]);
  });
});

describe("An event", () => {
  test("ends what was issued before it, and no later login", async () => {
    const { push, guard, clock } = createSignalBench();
    expect(await verdict(guard, token())).toBe("accepted");
    await push(setToken());
    expect(await verdict(guard, token())).toBe("token_revoked");
    clock.advance(10);
    expect(await verdict(guard, token({ iat: start + 1 }))).toBe("accepted");
  });

  test("that is delivered again is acknowledged, and ends no later login", async () => {
    const { push, reports, guard, clock, list } = createSignalBench();
    const one = setToken();
    clock.advance(20);
    await push(one);
    expect((await push(one)).status).toBe(202);
    // Signed anew, as some transmitters do for each delivery.
    expect((await push(setToken())).status).toBe(202);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["done", "repeated", "repeated"]);
    const restarted = createSignalsReceiver(guard, { audience: receiverAudience, revocations: list });
    await restarted.push.handle({
      guardRequest: { method: "POST", url: "/", headers: { "content-type": "application/secevent+jwt" } },
      readBody: async () => ({ text: one }),
    });
    expect(await verdict(guard, token({ iat: start + 10 }))).toBe("accepted");
  });

  test("with the jti of another is refused", async () => {
    const { push } = createSignalBench();
    await push(setToken());
    expect(verdictOf(await push(setToken({ txn: "other" })))).toBe("invalid_request: claim_invalid (jti)");
  });
});

describe("Push (RFC 8935)", () => {
  test("is answered 202 without a body", async () => {
    const answer = await createSignalBench().push(setToken());
    expect(answer).toEqual({ status: 202, headers: { "cache-control": "no-store" }, body: undefined });
  });

  test("is answered 400 with err and description, without a value of the token (§2.3)", async () => {
    const answer = await createSignalBench().push(setToken({ aud: "secret" }));
    expect(answer.status).toBe(400);
    expect(answer.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-language": "en",
    });
    expect(JSON.parse(answer.body ?? "")).toEqual({
      err: "invalid_audience",
      description: "The SET was refused: audience_mismatch (aud)",
    });
  });

  test.each<[string, Partial<SignalsOptions>, object]>([
    [
      "the store throws",
      {
        revocations: {
          revoke: () => {
            throw new Error("down");
          },
        },
      },
      {},
    ],
    [
      "the keys cannot be fetched",
      {},
      {
        keys: undefined,
        fetch: async () => {
          throw new Error("down");
        },
      },
    ],
  ])("is answered 503 while %s, so that it is delivered again", async (_name, changes, guardChanges) => {
    const { push } = createSignalBench(changes, guardChanges);
    const answer = await push(setToken());
    expect([answer.status, answer.body]).toEqual([503, undefined]);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  });

  test.each([
    ["the agreed value", "Bearer s3cret", 202],
    ["the value that replaces it", "Bearer n3w", 202],
    ["another value", "Bearer s3crets", 400],
    ["another case", "bearer s3cret", 400],
    ["no value", undefined, 400],
  ])("with %s in Authorization is answered %s", async (_name, authorization, status) => {
    const { push } = createSignalBench({ authorization: ["Bearer s3cret", "Bearer n3w"] });
    const answer = await push(setToken(), authorization === undefined ? {} : { authorization });
    expect(answer.status).toBe(status);
    if (status === 400) expect(JSON.parse(answer.body ?? "").err).toBe("authentication_failed");
  });

  test.each(["application/jwt", "application/json", "text/plain", ""])("as %j is refused unread", async (type) => {
    const { receiver } = createSignalBench();
    const readBody = vi.fn();
    const guardRequest = { method: "POST", url: "/", headers: { "content-type": type } };
    expect(verdictOf(await receiver.push.handle({ guardRequest, readBody }))).toContain("invalid_request");
    expect(readBody).not.toHaveBeenCalled();
  });

  test("as application/secevent+jwt with parameters is taken, and with GET it is not", async () => {
    const { receiver, push } = createSignalBench();
    expect((await push(setToken(), { "content-type": "Application/Secevent+JWT; charset=utf-8" })).status).toBe(202);
    const guardRequest = { method: "GET", url: "/", headers: {} };
    expect((await receiver.push.handle({ guardRequest, readBody: vi.fn() })).status).toBe(405);
  });

  test.each([
    ["is too large", { problem: "too_large" }],
    ["was parsed by the application", { parsed: {} }],
  ] as const)("whose body %s is refused", async (_name, body) => {
    const { receiver } = createSignalBench();
    const headers = { "content-type": "application/secevent+jwt" };
    const guardRequest = { method: "POST", url: "/", headers };
    expect((await receiver.push.handle({ guardRequest, readBody: async () => body })).status).toBe(400);
  });
});

describe("Verification (SSF 1.0 §8.1.4)", () => {
  const streamId = { format: "opaque", id: "stream-1" };
  const toVerification = (state: unknown) =>
    setToken({
      jti: `v${String(state)}`,
      sub_id: streamId,
      events: { [verification]: state === undefined ? {} : { state } },
    });

  test("resolves when the event with its state arrives", async () => {
    const { receiver, push } = createSignalBench();
    const requestVerification = vi.fn(async (_id: string, state: string) => {
      expect((await push(toVerification(state))).status).toBe(202);
    });
    await receiver.verify({ requestVerification } as never, "stream-1");
    expect(requestVerification).toHaveBeenCalledWith("stream-1", expect.any(String));
  });

  test("rejects when it does not arrive, or the transmitter refuses", async () => {
    const { receiver } = createSignalBench();
    await expect(receiver.verify({ requestVerification: async () => undefined } as never, "s", 0.01)).rejects.toThrow(
      "did not arrive within",
    );
    const refuse = () => Promise.reject(new Error("404"));
    await expect(receiver.verify({ requestVerification: refuse } as never, "s")).rejects.toThrow("404");
  });

  test("that is asked to wait for no time at all leaves nothing behind (CWE-770)", async () => {
    const { receiver, push } = createSignalBench();
    const requestVerification = vi.fn(async (_id: string, state: string) => void (await push(toVerification(state))));
    const client = { requestVerification } as never;
    for (let index = 0; index < 1001; index++) {
      await expect(receiver.verify(client, "s", index % 2 === 0 ? -1 : Number.NaN)).rejects.toThrow();
    }
    await receiver.verify(client, "s");
    expect(requestVerification).toHaveBeenCalledTimes(1);
  });

  test("that the transmitter began has no state and is acknowledged", async () => {
    expect((await createSignalBench().push(toVerification(undefined))).status).toBe(202);
  });

  test.each(["guess", "a.b", 5, null, "x".repeat(500), ""])(
    "with a state that is not ours is answered invalid_state: %j",
    async (state) => {
      expect(verdictOf(await createSignalBench().push(toVerification(state)))).toBe(
        "invalid_state: claim_invalid (state)",
      );
    },
  );

  test("of another process with the same secret is acknowledged, and of one with another is not", async () => {
    const stateSecret = "a secret of the fleet, long enough";
    let sent = "";
    const { receiver } = createSignalBench({ stateSecret });
    const requestVerification = async (_id: string, state: string) => {
      sent = state;
    };
    await expect(receiver.verify({ requestVerification } as never, "s", 0.01)).rejects.toThrow();
    expect((await createSignalBench({ stateSecret }).push(toVerification(sent))).status).toBe(202);
    expect((await createSignalBench().push(toVerification(sent))).status).toBe(400);
  });
});
