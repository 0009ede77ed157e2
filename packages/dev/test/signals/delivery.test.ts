// Events on their way: by push (RFC 8935) and by poll (RFC 8936), each read by jose.
import { describe, expect, test, vi } from "vitest";
import type { Tenant } from "../../src/index.js";
import { startReceiver } from "../support/receiver.js";
import {
  type Call,
  caep,
  createCaller,
  getSignalToken,
  risc,
  verificationType,
  verifyEvent,
} from "../support/signals.js";
import { startTenant } from "../support/tenants.js";

interface Setup {
  readonly tenant: Tenant;
  readonly call: Call;
  readonly problems: Error[];
}

async function setUp(): Promise<Setup> {
  const problems: Error[] = [];
  const tenant = await startTenant({ onError: (error) => problems.push(error) });
  return { tenant, problems, call: createCaller(tenant, await getSignalToken(tenant)) };
}

async function create(call: Call, body: object = {}): Promise<string> {
  const { status, body: stream } = await call("POST", "/ssf/stream", body);
  expect(status).toBe(201);
  return stream.stream_id;
}

const toPush = (url: string): object => ({
  delivery: { method: "urn:ietf:rfc:8935", endpoint_url: `${url}/events`, authorization_header: "Bearer of news" },
});

/** Polls once, without waiting. */
async function poll(
  call: Call,
  id: string,
  body: object = {},
): Promise<{ sets: Record<string, string>; moreAvailable?: boolean }> {
  const answer = await call("POST", `/ssf/poll/${id}`, { returnImmediately: true, ...body });
  expect(answer.status).toBe(200);
  return answer.body;
}

describe("An event", () => {
  test("says what happened to whom, and is neither an access token nor an ID token (SSF 1.0 §4.1)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    await tenant.token({ as: "alice" });
    expect(await tenant.logOut("alice")).toMatchObject({ streams: 1 });
    const [[jti, token] = ["", ""]] = Object.entries((await poll(call, id)).sets);
    const payload = await verifyEvent(tenant, token);
    expect(payload).toEqual({
      iss: tenant.issuer,
      aud: "signals",
      iat: expect.any(Number),
      jti,
      txn: expect.any(String),
      sub_id: { format: "iss_sub", iss: tenant.issuer, sub: "auth0|alice" },
      events: {
        [`${caep}session-revoked`]: {
          event_timestamp: expect.any(Number),
          initiating_entity: "admin",
          reason_admin: { en: expect.any(String) },
        },
      },
    });
  });

  test("is signed with the current key, and those from before a rotation still verify", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    await tenant.signal({ event: "session-revoked", as: "alice" });
    await tenant.rotateKeys();
    await tenant.signal({ event: "session-revoked", as: "bob" });
    const tokens = Object.values((await poll(call, id)).sets);
    const subjects = await Promise.all(tokens.map(async (token) => (await verifyEvent(tenant, token))["sub_id"]));
    expect(subjects).toMatchObject([{ sub: "auth0|alice" }, { sub: "auth0|bob" }]);
  });

  test("is on the streams that want it only: by type, by subject, by status", async () => {
    const { tenant, call } = await setUp();
    const all = await create(call);
    const typed = await create(call, { events_requested: [`${caep}credential-change`] });
    const paused = await create(call);
    const disabled = await create(call);
    await call("POST", "/ssf/status", { stream_id: paused, status: "paused" });
    await call("POST", "/ssf/status", { stream_id: disabled, status: "disabled" });
    expect(await tenant.signal({ event: "session-revoked", as: "alice" })).toMatchObject({ streams: 2 });
    const count = async (id: string): Promise<number> => Object.keys((await poll(call, id)).sets).length;
    expect([await count(all), await count(typed), await count(paused), await count(disabled)]).toEqual([1, 0, 0, 0]);
    await call("POST", "/ssf/status", { stream_id: paused, status: "enabled" });
    await call("POST", "/ssf/status", { stream_id: disabled, status: "enabled" });
    expect([await count(paused), await count(disabled)]).toEqual([1, 0]);
  });

  test.each([
    { format: "iss_sub", sub: "auth0|alice" },
    { format: "email", email: "alice@acme.example" },
  ])("about a removed subject is not sent until it is added again: %j (§8.1.3)", async (named) => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    const subject = named.format === "iss_sub" ? { ...named, iss: tenant.issuer } : named;
    expect((await call("POST", "/ssf/subjects:remove", { stream_id: id, subject })).status).toBe(204);
    const send = async (as: string): Promise<number> => (await tenant.signal({ event: "session-revoked", as })).streams;
    expect([await send("alice"), await send("bob")]).toEqual([0, 1]);
    expect((await call("POST", "/ssf/subjects:add", { stream_id: id, subject, verified: true })).status).toBe(200);
    expect(await send("alice")).toBe(1);
    expect((await call("POST", "/ssf/subjects:add", { stream_id: id, subject: "alice" })).status).toBe(400);
  });
});

describe("The events", () => {
  test("token-claims-change has the new permissions, which the next token has too (CAEP 1.0 §3.2)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    await tenant.signal({ event: "token-claims-change", as: "alice", permissions: ["read:reports"] });
    expect(await readEvents(tenant, call, id)).toEqual([
      [`${caep}token-claims-change`, expect.objectContaining({ claims: { permissions: ["read:reports"] } })],
    ]);
    const { access_token } = await tenant.token({ as: "alice" });
    expect(JSON.parse(Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      permissions: ["read:reports"],
    });
    expect(tenant.config.personas[0].permissions).toHaveLength(3);
  });

  test("credential-change says which credential and how (CAEP 1.0 §3.3)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    await tenant.signal({ event: "credential-change", as: "alice" });
    await tenant.signal({
      event: "credential-change",
      as: "bob",
      credentialType: "fido2-roaming",
      changeType: "delete",
    });
    expect(await readEvents(tenant, call, id)).toEqual([
      [`${caep}credential-change`, expect.objectContaining({ credential_type: "password", change_type: "update" })],
      [
        `${caep}credential-change`,
        expect.objectContaining({ credential_type: "fido2-roaming", change_type: "delete" }),
      ],
    ]);
  });

  test("account-disabled logs out and keeps out, until account-enabled (RISC 1.0 §2.3, §2.4)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    await tenant.token({ as: "alice" });
    const report = await tenant.signal({ event: "account-disabled", as: "alice" });
    expect(report).toMatchObject({ event: "account-disabled", streams: 1, logOut: { grants: 1 } });
    await expect(tenant.token({ as: "alice" })).rejects.toThrow(
      "The account of alice is disabled. Enable it with: npx gatewarden signal account-enabled --as alice",
    );
    expect((await tenant.token({ as: "bob" })).access_token).toBeTruthy();
    await tenant.signal({ event: "account-enabled", as: "alice" });
    expect((await tenant.token({ as: "alice" })).access_token).toBeTruthy();
    const types = (await readEvents(tenant, call, id)).map(([type]) => type);
    expect(types).toEqual([`${caep}session-revoked`, `${risc}account-disabled`, `${risc}account-enabled`]);
  });

  test("verification echoes the state, about the stream itself (§8.1.4)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call, { events_requested: [`${caep}session-revoked`] });
    expect((await call("POST", "/ssf/verify", { stream_id: id, state: "abc" })).status).toBe(204);
    expect((await call("POST", "/ssf/verify", { stream_id: id })).status).toBe(204);
    const tokens = Object.values((await poll(call, id)).sets);
    const payloads = await Promise.all(tokens.map((token) => verifyEvent(tenant, token)));
    expect(payloads.map(({ events, sub_id }) => ({ events, sub_id }))).toEqual([
      { events: { [verificationType]: { state: "abc" } }, sub_id: { format: "opaque", id } },
      { events: { [verificationType]: {} }, sub_id: { format: "opaque", id } },
    ]);
  });

  test.each([
    [{ event: "session-revoked", as: "mallory" }, 'There is no persona "mallory"'],
    [{ event: "session-ended", as: "alice" }, 'event is "session-ended", but expected one of "session-revoked"'],
    [{ event: "token-claims-change", as: "alice" }, "token-claims-change needs the new permissions"],
    [{ event: "token-claims-change", as: "alice", permissions: ["x"] }, 'No API of this tenant lists "x"'],
    [{ event: "credential-change", as: "alice", changeType: "lost" }, 'changeType is "lost", but expected one of'],
    [
      { event: "session-revoked", as: "alice", permissions: [] },
      "permissions belongs to the event token-claims-change",
    ],
    [{ event: "session-revoked" }, "as is missing"],
  ])("%j is refused with a reason, over HTTP as in code", async (request, reason) => {
    const tenant = await startTenant();
    const init = { method: "POST", body: JSON.stringify(request) };
    const response = await fetch(new URL("/dev/signals", tenant.issuer), init);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error_description: string }).error_description).toContain(reason);
    await expect(tenant.signal(request as never)).rejects.toThrow(reason);
  });

  async function readEvents(tenant: Tenant, call: Call, id: string): Promise<[string, unknown][]> {
    const tokens = Object.values((await poll(call, id)).sets);
    const payloads = await Promise.all(tokens.map((token) => verifyEvent(tenant, token)));
    return payloads.flatMap(({ events }) => Object.entries(events as Record<string, unknown>));
  }
});

describe("Push", () => {
  test("delivers in order, with the receiver's own header (RFC 8935 §2.1)", async () => {
    const [{ tenant, call }, receiver] = [await setUp(), await startReceiver()];
    receiver.answer(202);
    await create(call, toPush(receiver.url));
    for (const as of ["alice", "bob", "carol"]) await tenant.signal({ event: "session-revoked", as });
    const requests = await receiver.wait(3);
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: "/events",
      headers: {
        "content-type": "application/secevent+jwt",
        accept: "application/json",
        authorization: "Bearer of news",
      },
    });
    const payloads = await Promise.all(requests.map(({ body }) => verifyEvent(tenant, body)));
    expect(payloads.map(({ sub_id }) => sub_id)).toMatchObject([
      { sub: "auth0|alice" },
      { sub: "auth0|bob" },
      { sub: "auth0|carol" },
    ]);
    await vi.waitFor(async () => expect(await countWaiting(tenant)).toBe(0), 20_000);
  });

  test("tries again after a failure, with the same event, and holds the next ones back", async () => {
    const [{ tenant, call, problems }, receiver] = [await setUp(), await startReceiver()];
    receiver.answer(503, 429, 202);
    await create(call, toPush(receiver.url));
    await tenant.signal({ event: "session-revoked", as: "alice" });
    await tenant.signal({ event: "session-revoked", as: "bob" });
    const [first, second, third, fourth] = (await receiver.wait(4)).map(({ body }) => body);
    expect([second, third]).toEqual([first, first]);
    expect((await verifyEvent(tenant, fourth ?? ""))["sub_id"]).toMatchObject({ sub: "auth0|bob" });
    expect(problems).toEqual([]);
  });

  test("gives up what the receiver refuses (§2.3), says so, and goes on", async () => {
    const [{ tenant, call, problems }, receiver] = [await setUp(), await startReceiver()];
    receiver.answer(400, 202);
    await create(call, toPush(receiver.url));
    await tenant.signal({ event: "session-revoked", as: "alice" });
    await tenant.signal({ event: "session-revoked", as: "bob" });
    const requests = await receiver.wait(2);
    expect(requests[1]?.body).not.toBe(requests[0]?.body);
    await vi.waitFor(() => expect(problems).toHaveLength(1), 20_000);
    expect(problems[0]?.message).toBe(`An event for ${receiver.url}/events is given up: status 400`);
  });

  test("goes on where the listener of problems throws", async () => {
    const receiver = await startReceiver();
    receiver.answer(400, 202);
    const tenant = await startTenant({
      onError: () => {
        throw new Error("not interested");
      },
    });
    const call = createCaller(tenant, await getSignalToken(tenant));
    await create(call, toPush(receiver.url));
    await tenant.signal({ event: "session-revoked", as: "alice" });
    await receiver.wait(1);
    await tenant.signal({ event: "session-revoked", as: "bob" });
    const [, second] = await receiver.wait(2);
    expect((await verifyEvent(tenant, second?.body ?? ""))["sub_id"]).toMatchObject({ sub: "auth0|bob" });
  });

  test("follows no redirect", async () => {
    const [{ tenant, call }, receiver] = [await setUp(), await startReceiver()];
    receiver.answer(302, 202);
    await create(call, toPush(receiver.url));
    await tenant.signal({ event: "session-revoked", as: "alice" });
    expect((await receiver.wait(2)).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /events",
      "POST /events",
    ]);
  });

  test("waits while the stream is paused, and ends with it", async () => {
    const [{ tenant, call }, receiver] = [await setUp(), await startReceiver()];
    receiver.answer(202);
    const id = await create(call, toPush(receiver.url));
    await call("POST", "/ssf/status", { stream_id: id, status: "paused" });
    await tenant.signal({ event: "session-revoked", as: "alice" });
    expect(await countWaiting(tenant)).toBe(1);
    expect(receiver.requests).toEqual([]);
    await call("POST", "/ssf/status", { stream_id: id, status: "enabled" });
    await receiver.wait(1);
    await call("DELETE", `/ssf/stream?stream_id=${id}`);
    expect(await tenant.signal({ event: "session-revoked", as: "alice" })).toMatchObject({ streams: 0 });
  });

  test("reaches the receiver that was down at first, at its new address", async () => {
    const [{ tenant, call }, receiver] = [await setUp(), await startReceiver()];
    receiver.answer(202);
    const id = await create(call, toPush("http://127.0.0.1:1"));
    await tenant.signal({ event: "session-revoked", as: "alice" });
    await call("PATCH", "/ssf/stream", { stream_id: id, ...toPush(receiver.url) });
    await receiver.wait(1);
  });
});

describe("Poll", () => {
  test("gives the same events until they are acknowledged (RFC 8936 §2)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    for (const as of ["alice", "bob", "carol"]) await tenant.signal({ event: "session-revoked", as });
    const first = await poll(call, id, { maxEvents: 2 });
    expect(Object.keys(first.sets)).toHaveLength(2);
    expect(first.moreAvailable).toBe(true);
    expect(await poll(call, id, { maxEvents: 2 })).toEqual(first);
    const [one = "", two = ""] = Object.keys(first.sets);
    expect(await poll(call, id, { maxEvents: 0, ack: [one, "unknown"] })).toEqual({ sets: {} });
    const rest = await poll(call, id, { setErrs: { [two]: { err: "invalid_audience", description: "not mine" } } });
    expect(Object.keys(rest.sets)).toHaveLength(1);
    expect(rest.moreAvailable).toBeUndefined();
    expect(await poll(call, id, { ack: Object.keys(rest.sets) })).toEqual({ sets: {} });
  });

  test("waits for an event, if the receiver does not want an answer at once", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    const waiting = call("POST", `/ssf/poll/${id}`, {});
    // The event comes when the poll is likely to wait. It is answered in either case.
    await call("GET", `/ssf/status?stream_id=${id}`);
    await tenant.signal({ event: "session-revoked", as: "alice" });
    expect(Object.keys((await waiting).body.sets)).toHaveLength(1);
  });

  test("of a deleted stream, and of a tenant that closes, ends", async () => {
    const { tenant, call } = await setUp();
    const [one, two] = [await create(call), await create(call)];
    const first = call("POST", `/ssf/poll/${one}`, {});
    await call("DELETE", `/ssf/stream?stream_id=${one}`);
    // Deleted before the poll came in, or while it waited.
    expect([200, 404]).toContain((await first).status);
    const second = call("POST", `/ssf/poll/${two}`, {}).catch(() => undefined);
    await tenant.close();
    await second;
  });

  test.each([
    [{ maxEvents: -1 }, "maxEvents"],
    [{ ack: "all" }, "ack"],
    [{ setErrs: { a: "b" } }, "setErrs.a"],
    ["no JSON", "JSON"],
  ])("%j is answered 400", async (body, reason) => {
    const { call } = await setUp();
    const id = await create(call);
    const answer = await call("POST", `/ssf/poll/${id}`, body);
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect(answer.body.error_description).toContain(reason);
  });

  test("is not for a stream that pushes", async () => {
    const [{ call }, receiver] = [await setUp(), await startReceiver()];
    const id = await create(call, toPush(receiver.url));
    expect((await call("POST", `/ssf/poll/${id}`, {})).status).toBe(404);
  });

  test("keeps a bounded number of events, the newest ones (CWE-770)", async () => {
    const { tenant, call } = await setUp();
    const id = await create(call);
    for (let index = 0; index < 1003; index++) await tenant.signal({ event: "session-revoked", as: "alice" });
    const [stream] = (await (await fetch(new URL("/dev/signals", tenant.issuer))).json()) as unknown[];
    expect(stream).toMatchObject({ stream: id, delivery: "poll", waiting: 1000, dropped: 3 });
  });
});

async function countWaiting(tenant: Tenant): Promise<number> {
  const streams = (await (await fetch(new URL("/dev/signals", tenant.issuer))).json()) as { waiting: number }[];
  return streams.reduce((sum, { waiting }) => sum + waiting, 0);
}
