// The management of streams (SSF 1.0 §7, §8.1): who may, and what is answered.
import { beforeAll, describe, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { type Call, caep, createCaller, getSignalToken, risc } from "../support/signals.js";
import { startTenant } from "../support/tenants.js";

let tenant: Tenant;
let call: Call;
beforeAll(async () => {
  const permissions = ["ssf.manage", "ssf.read"];
  tenant = await startTenant({
    clients: {
      spa: {},
      signals: { secret: "signals-secret", permissions },
      other: { secret: "other-secret", permissions },
      machine: { secret: "machine-secret" },
    },
  });
  call = createCaller(tenant, await getSignalToken(tenant));
});

const events = [
  `${caep}session-revoked`,
  `${caep}token-claims-change`,
  `${caep}credential-change`,
  `${risc}account-disabled`,
  `${risc}account-enabled`,
];
const push = { method: "urn:ietf:rfc:8935", endpoint_url: "http://127.0.0.1:9/events", authorization_header: "Key 1" };

async function create(body: object = {}): Promise<{ stream_id: string; delivery: { endpoint_url: string } }> {
  const { status, body: stream } = await call("POST", "/ssf/stream", body);
  expect(status).toBe(201);
  return stream;
}

async function drop({ stream_id }: { stream_id: string }): Promise<void> {
  expect((await call("DELETE", `/ssf/stream?stream_id=${stream_id}`)).status).toBe(204);
}

test("the metadata name every endpoint (§7.1), and anyone may read them", async () => {
  const { status, headers, body } = await createCaller(tenant, undefined)("GET", "/.well-known/ssf-configuration");
  expect(status).toBe(200);
  expect(headers.get("content-type")).toMatch(/^application\/json/);
  expect(body).toEqual({
    spec_version: "1_0",
    issuer: tenant.issuer,
    jwks_uri: `${tenant.issuer}.well-known/jwks.json`,
    delivery_methods_supported: ["urn:ietf:rfc:8935", "urn:ietf:rfc:8936"],
    configuration_endpoint: `${tenant.issuer}ssf/stream`,
    status_endpoint: `${tenant.issuer}ssf/status`,
    add_subject_endpoint: `${tenant.issuer}ssf/subjects:add`,
    remove_subject_endpoint: `${tenant.issuer}ssf/subjects:remove`,
    verification_endpoint: `${tenant.issuer}ssf/verify`,
    authorization_schemes: [{ spec_urn: "urn:ietf:rfc:6749" }],
    default_subjects: "ALL",
  });
});

describe("Authorization", () => {
  test("a client gets a token by scope alone, or by the audience", async () => {
    const audience = `${tenant.url}/ssf`;
    const { access_token } = await tenant.token({ client: "signals", audience });
    expect((await createCaller(tenant, access_token)("GET", "/ssf/stream")).status).toBe(200);
    expect((await call("GET", "/ssf/stream")).status).toBe(200);
  });

  test("reading needs ssf.read, and changing needs ssf.manage", async () => {
    const reader = createCaller(tenant, await getSignalToken(tenant, { scope: "ssf.read" }));
    expect((await reader("GET", "/ssf/stream")).status).toBe(200);
    const refused = await reader("POST", "/ssf/stream", {});
    expect(refused).toMatchObject({ status: 403, body: { error: "insufficient_scope" } });
    expect(refused.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    const manager = createCaller(tenant, await getSignalToken(tenant, { scope: "ssf.manage" }));
    expect((await manager("GET", "/ssf/stream")).status).toBe(200);
  });

  test("any other token is refused with 401: none, another API's, a person's, a revoked one, an odd one", async () => {
    const audience = `${tenant.url}/ssf`;
    const revoked = await getSignalToken(tenant);
    const authorization = `Basic ${btoa("signals:signals-secret")}`;
    const body = new URLSearchParams({ token: revoked });
    await fetch(new URL("/oauth/revoke", tenant.issuer), { method: "POST", headers: { authorization }, body });
    const tokens = [
      undefined,
      (await tenant.token({ client: "signals" })).access_token,
      (await tenant.token({ as: "alice", audience, permissions: ["ssf.manage"] })).access_token,
      (await tenant.token({ client: "signals", audience, fault: "unknown-key" })).access_token,
      revoked,
      "abc",
    ];
    for (const token of tokens) {
      const answer = await createCaller(tenant, token)("GET", "/ssf/stream");
      expect([token, answer.status]).toEqual([token, 401]);
      expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer error="invalid_token"/);
    }
  });

  test("a client without the permission gets no token with the scope", async () => {
    const machine = { id: "machine", secret: "machine-secret" };
    const token = await getSignalToken(tenant, machine).catch(() => undefined);
    expect((await createCaller(tenant, token)("POST", "/ssf/stream", {})).status).not.toBe(201);
  });

  test("another client's stream is as if it did not exist (§8)", async () => {
    const stream = await create();
    const other = createCaller(tenant, await getSignalToken(tenant, { id: "other", secret: "other-secret" }));
    const { stream_id } = stream;
    for (const [method, path, body] of [
      ["GET", `/ssf/stream?stream_id=${stream_id}`],
      ["PATCH", "/ssf/stream", { stream_id, description: "mine" }],
      ["PUT", "/ssf/stream", { stream_id }],
      ["DELETE", `/ssf/stream?stream_id=${stream_id}`],
      ["GET", `/ssf/status?stream_id=${stream_id}`],
      ["POST", "/ssf/status", { stream_id, status: "disabled" }],
      ["POST", "/ssf/subjects:add", { stream_id, subject: { format: "opaque", id: "1" } }],
      ["POST", "/ssf/subjects:remove", { stream_id, subject: { format: "opaque", id: "1" } }],
      ["POST", "/ssf/verify", { stream_id }],
      ["POST", `/ssf/poll/${stream_id}`, {}],
    ] as const) {
      expect([method, path, (await other(method, path, body)).status]).toEqual([method, path, 404]);
    }
    expect((await other("GET", "/ssf/stream")).body).toEqual([]);
    await drop(stream);
  });
});

describe("A stream", () => {
  test("is polled and gets every event, if nothing else is said (§8.1.1.1)", async () => {
    const stream = await create();
    expect(stream).toEqual({
      stream_id: expect.stringMatching(/^[\w-]+$/),
      iss: tenant.issuer,
      aud: "signals",
      events_supported: events,
      events_delivered: events,
      delivery: { method: "urn:ietf:rfc:8936", endpoint_url: `${tenant.issuer}ssf/poll/${stream.stream_id}` },
    });
    expect((await call("GET", `/ssf/stream?stream_id=${stream.stream_id}`)).body).toEqual(stream);
    expect((await call("GET", "/ssf/stream")).body).toEqual([stream]);
    await drop(stream);
    expect((await call("GET", `/ssf/stream?stream_id=${stream.stream_id}`)).status).toBe(404);
    expect((await call("GET", "/ssf/stream")).body).toEqual([]);
  });

  test("is pushed where the receiver says, with the events that both know", async () => {
    const requested = [events[0], "urn:example:unknown"];
    const stream = await create({ delivery: push, events_requested: requested, description: "mine" });
    expect(stream).toMatchObject({
      delivery: push,
      events_requested: requested,
      events_delivered: [events[0]],
      description: "mine",
    });
    await drop(stream);
  });

  test("keeps with PATCH what the body does not name, and loses it with PUT (§8.1.1.3, §8.1.1.4)", async () => {
    const { stream_id, ...stream } = await create({ delivery: push, events_requested: [events[1]], description: "a" });
    const patched = await call("PATCH", "/ssf/stream", { stream_id, description: "b", iss: tenant.issuer });
    expect(patched).toMatchObject({ status: 200, body: { ...stream, description: "b" } });
    const put = await call("PUT", "/ssf/stream", { ...patched.body, description: undefined, events_requested: events });
    expect(put).toMatchObject({ status: 200, body: { delivery: push, events_delivered: events } });
    expect(put.body.description).toBeUndefined();
    const polled = await call("PUT", "/ssf/stream", { stream_id });
    expect(polled.body.delivery.method).toBe("urn:ietf:rfc:8936");
    await drop({ stream_id });
  });

  test("is enabled, paused or disabled (§8.1.2)", async () => {
    const { stream_id } = await create();
    const read = async (): Promise<unknown> => (await call("GET", `/ssf/status?stream_id=${stream_id}`)).body;
    expect(await read()).toEqual({ stream_id, status: "enabled" });
    const paused = { stream_id, status: "paused", reason: "Maintenance" };
    expect(await call("POST", "/ssf/status", paused)).toMatchObject({ status: 200, body: paused });
    expect(await read()).toEqual(paused);
    expect((await call("POST", "/ssf/status", { stream_id, status: "gone" })).status).toBe(400);
    await drop({ stream_id });
  });

  test.each([
    ["POST", "/ssf/stream", "no JSON", "must be JSON"],
    ["POST", "/ssf/stream", "[]", "must be a JSON object"],
    ["POST", "/ssf/stream", { delivery: { method: "urn:example" } }, "delivery.method"],
    ["POST", "/ssf/stream", { delivery: { method: push.method } }, "delivery.endpoint_url"],
    ["POST", "/ssf/stream", { delivery: { ...push, endpoint_url: "https://evil.example/" } }, "of this machine"],
    ["POST", "/ssf/stream", { delivery: { ...push, endpoint_url: "http://a:b@127.0.0.1/" } }, "of this machine"],
    ["POST", "/ssf/stream", { delivery: { ...push, authorization_header: "a\r\nb: c" } }, "value of a header"],
    ["POST", "/ssf/stream", { events_requested: "all" }, "events_requested"],
    ["PATCH", "/ssf/stream", { description: "x" }, "stream_id is missing"],
    ["DELETE", "/ssf/stream", undefined, "stream_id is missing"],
    ["GET", "/ssf/status", undefined, "stream_id is missing"],
  ])("%s %s %j is answered 400", async (method, path, body, reason) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect(answer.body.error_description).toContain(reason);
  });

  test.each([{ iss: "https://evil.example/" }, { aud: "other" }, { events_delivered: [] }, { events_supported: [] }])(
    "what only the transmitter supplies cannot be changed: %j",
    async (change) => {
      const stream = await create();
      for (const method of ["PATCH", "PUT"]) {
        const answer = await call(method, "/ssf/stream", { stream_id: stream.stream_id, ...change });
        expect(answer.status).toBe(400);
        expect(answer.body.error_description).toContain("cannot be changed");
      }
      await drop(stream);
    },
  );

  test("is one of a bounded number (CWE-770)", async () => {
    const streams = [];
    let answer = await call("POST", "/ssf/stream", {});
    for (; answer.status === 201; answer = await call("POST", "/ssf/stream", {})) streams.push(answer.body);
    expect(answer).toMatchObject({ status: 409, body: { error: "too_many_streams" } });
    expect(streams).toHaveLength(32);
    for (const stream of streams) await drop(stream);
    await drop(await create());
  });

  test.each(["/ssf/", "/ssf/streams", "/ssf/stream/"])("there is no %s", async (path) => {
    expect((await call("POST", path, {})).status).toBe(404);
  });
});
