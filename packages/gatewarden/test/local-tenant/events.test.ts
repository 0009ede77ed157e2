// What the local tenant sends, and what `gatewarden/logout` and `gatewarden/signals` make of it: sound logout tokens and events end access
// with the next request, and each faulty one is answered as the catalogue of faults promises.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, type EventFaultName, faultCatalogue, type Tenant } from "@gatewarden/dev";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { protect, serveEndpoint } from "../../src/adapters/node.js";
import { createGuard, createRevocationList } from "../../src/index.js";
import { createLogoutEndpoint } from "../../src/logout/logout.js";
import { createSignalsReceiver, createStreamClient, type SignalsPoll } from "../../src/signals/signals.js";

interface Api {
  readonly tenant: Tenant;
  readonly url: string;
  /** The answers of the endpoints that the tenant calls, such as `400 invalid_key`. */
  readonly answers: readonly string[];
  /** Status and reason of a request with this token. */
  readonly call: (token: string) => Promise<string>;
  readonly push: () => Promise<string>;
  readonly poll: () => Promise<SignalsPoll>;
}

const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const pushSecret = "Bearer of-news";

async function startApi(): Promise<Api> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tenant = await createTenant({
    port: 0,
    onError: () => {},
    clients: {
      spa: { backchannelLogoutUri: `${url}/backchannel-logout` },
      "orders-api": {
        secret: "orders-secret",
        tokenExchange: "https://api.gatewarden.local",
        backchannelLogoutUri: `${url}/backchannel-logout`,
      },
      signals: { secret: "signals-secret", permissions: ["ssf.manage"] },
    },
  });
  closers.push(() => tenant.close());
  const revocation = createRevocationList();
  const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, revocation, env: {} });
  const logout = serveEndpoint(
    createLogoutEndpoint(guard, { clientId: ["spa", "orders-api"], revocations: revocation, ends: "user" }),
  );
  const options = { audience: "signals", revocations: revocation, authorization: pushSecret };
  const receiver = createSignalsReceiver(guard, options);
  const events = serveEndpoint(receiver.push);
  const api = protect(guard, (_request, response: ServerResponse) => void response.end("{}"));
  const answers: string[] = [];
  server.on("request", (request, response) => {
    if (request.url === "/api") return void api(request, response);
    record(response, answers);
    void (request.url === "/events" ? events : logout)(request, response);
  });
  const audience = `${tenant.url}/ssf`;
  const authorization = async () => `Bearer ${(await tenant.token({ client: "signals", audience })).access_token}`;
  const client = createStreamClient({ issuer: tenant.issuer, authorization });
  return {
    tenant,
    url,
    answers,
    call: async (token) => {
      const response = await fetch(`${url}/api`, { headers: { authorization: `Bearer ${token}` } });
      const { reason } = (await response.json()) as { reason?: string };
      return [response.status, reason].filter((part) => part !== undefined).join(" ");
    },
    push: async () => {
      const delivery = { method: "urn:ietf:rfc:8935", endpoint_url: `${url}/events` } as const;
      const stream = await client.create({ delivery: { ...delivery, authorization_header: pushSecret } });
      await receiver.verify(client, stream.stream_id);
      return stream.stream_id;
    },
    poll: async () => {
      const stream = await client.create({ delivery: { method: "urn:ietf:rfc:8936" } });
      const { endpoint_url: endpoint } = stream["delivery"] as { endpoint_url: string };
      const running = receiver.poll({ endpoint, authorization });
      closers.push(() => running.close());
      await receiver.verify(client, stream.stream_id);
      return running;
    },
  };
}

/** Keeps status and error code of an answer. */
function record(response: ServerResponse, answers: string[]): void {
  const { end } = response;
  response.end = function endRecorded(this: ServerResponse, ...args: unknown[]) {
    const text = args.find((one) => typeof one === "string" || Buffer.isBuffer(one));
    const body = text === undefined || String(text) === "" ? {} : JSON.parse(String(text));
    answers.push([response.statusCode, body.err ?? body.error].filter((part) => part !== undefined).join(" "));
    return Reflect.apply(end, this, args);
  } as ServerResponse["end"];
}

let api: Api;
beforeEach(async () => {
  api = await startApi();
});

const issue = async (as = "alice"): Promise<string> => (await api.tenant.token({ as })).access_token;

/** Waits until the token is refused, which a delivery takes a moment for. */
async function expectRevoked(token: string): Promise<void> {
  await vi.waitFor(async () => expect(await api.call(token)).toBe("401 token_revoked"), 20_000);
}

describe("A log-out at the tenant", () => {
  test("ends access with the next request by back-channel logout, and that of no one else", async () => {
    const [alice, bob] = [await issue(), await issue("bob")];
    expect([await api.call(alice), await api.call(bob)]).toEqual(["200", "200"]);
    expect((await api.tenant.logOut("alice")).logoutTokens).toMatchObject([{ client: "spa", delivered: true }]);
    expect([await api.call(alice), await api.call(bob)]).toEqual(["401 token_revoked", "200"]);
  });

  test("ends access by a token that was exchanged, whose client is told too (RFC 8693)", async () => {
    const subject = await issue();
    const response = await fetch(`${api.tenant.url}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("orders-api:orders-secret")}` },
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: subject,
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: api.tenant.audience,
      }),
    });
    const { access_token: exchanged } = (await response.json()) as { access_token: string };
    expect(await api.call(exchanged)).toBe("200");
    const told = (await api.tenant.logOut("alice")).logoutTokens.map(({ client }) => client);
    expect(told.toSorted()).toEqual(["orders-api", "spa"]);
    expect([await api.call(exchanged), await api.call(subject)]).toEqual(["401 token_revoked", "401 token_revoked"]);
  });

  test.each(["push", "poll"] as const)("ends access by a session-revoked event: %s", async (method) => {
    await api[method]();
    const [alice, bob] = [await issue(), await issue("bob")];
    expect(await api.call(alice)).toBe("200");
    // The event alone: no application is told.
    await api.tenant.signal({ event: "session-revoked", as: "alice" });
    await expectRevoked(alice);
    expect(await api.call(bob)).toBe("200");
  });
});

describe("Of the other events", () => {
  test("what changes an account ends its tokens, and account-enabled ends none", async () => {
    await api.push();
    const revoking = [
      { event: "credential-change", as: "alice" },
      { event: "token-claims-change", as: "bob", permissions: [] },
      { event: "account-disabled", as: "carol" },
    ] as const;
    for (const signal of revoking) {
      const token = await issue(signal.as);
      expect(await api.call(token)).toBe("200");
      await api.tenant.signal(signal);
      await expectRevoked(token);
    }
    const before = api.answers.length;
    await api.tenant.signal({ event: "account-enabled", as: "carol" });
    await vi.waitFor(() => expect(api.answers.length).toBe(before + 1), 20_000);
    expect(new Set(api.answers)).toEqual(new Set(["202", "200"]));
  });
});

const faults = (kind: "logout" | "set"): EventFaultName[] =>
  (Object.keys(faultCatalogue) as EventFaultName[]).filter((name) => name.startsWith(`${kind}-`));

/** What the catalogue promises for one, or both, of the tenant's requests. */
function promised(name: EventFaultName, sound: string): string[] {
  return name.endsWith("-replayed") ? [sound, sound] : [faultCatalogue[name].answer?.replace(/,.*/, "") ?? ""];
}

describe("A faulty logout token", () => {
  test.each(faults("logout"))(
    "%s is answered as the catalogue says, and ends nothing that it should not",
    async (name) => {
      const token = await issue();
      await api.tenant.faults.set(name);
      await api.tenant.logOut("alice");
      expect(api.answers).toEqual(promised(name, "200"));
      expect(await api.call(token)).toBe(name === "logout-replayed" ? "401 token_revoked" : "200");
      await api.tenant.faults.clear();
      const next = await issue();
      await api.tenant.logOut("alice");
      expect(await api.call(next)).toBe("401 token_revoked");
    },
  );
});

describe("A faulty event", () => {
  test.each(faults("set"))(
    "%s is answered as the catalogue says, and ends nothing that it should not",
    async (name) => {
      await api.push();
      const token = await issue();
      const before = api.answers.length;
      await api.tenant.faults.set(name);
      await api.tenant.signal({ event: "session-revoked", as: "alice" });
      const expected = promised(name, "202");
      await vi.waitFor(() => expect(api.answers.slice(before)).toEqual(expected), 20_000);
      expect(await api.call(token)).toBe(name === "set-replayed" ? "401 token_revoked" : "200");
      await api.tenant.faults.clear();
      await api.tenant.signal({ event: "session-revoked", as: "alice" });
      await expectRevoked(token);
    },
  );
});

describe("A tenant whose endpoints of signals fail", () => {
  test("delays events, and loses none", async () => {
    await api.poll();
    const token = await issue();
    await api.tenant.faults.set({ name: "signals-500", times: 2 });
    await api.tenant.signal({ event: "session-revoked", as: "alice" });
    await expectRevoked(token);
  });
});
