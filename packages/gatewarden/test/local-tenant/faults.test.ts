// Every fault that the local tenant knows, in front of a real API over HTTP: refused with exactly the reason that the catalogue of faults
// promises, and accepted again after the reset.
import { createTenant, type FaultName, faultCatalogue, type Tenant } from "@gatewarden/dev";
import fastify from "fastify";
import { catalogue, createGuard, permission, type Reason } from "gatewarden";
import gatewarden from "gatewarden/fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

let tenant: Tenant;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  closers.push(() => tenant.close());
});
afterEach(() => tenant.faults.clear());
afterAll(() => Promise.all(closers.map((close) => close())));

interface Api {
  /** Status and reason of a request with this token. */
  readonly call: (token: string) => Promise<{ status: number; reason?: string }>;
  /** Lets so many seconds pass for the API. */
  readonly wait: (seconds: number) => void;
}

async function startApi(timeout = 5): Promise<Api> {
  let offset = 0;
  const guard = createGuard({
    issuer: tenant.issuer,
    audience: tenant.audience,
    keys: { timeout },
    now: () => Date.now() / 1000 + offset,
    env: {},
  });
  const app = fastify();
  await app.register(gatewarden, { guard });
  app.get("/admin", { auth: permission("read:admin") }, async () => ({}));
  const url = `${await app.listen({ port: 0, host: "127.0.0.1" })}/admin`;
  closers.push(() => app.close());
  return {
    call: async (token) => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const { code } = (await response.json()) as { code?: string };
      return { status: response.status, ...(code !== undefined && { reason: code }) };
    },
    wait: (seconds) => {
      offset += seconds;
    },
  };
}

const namesOf = (kind: string): FaultName[] =>
  (Object.keys(faultCatalogue) as FaultName[]).filter((name) => faultCatalogue[name].kind === kind);

/** The answer that the catalogues of faults and of reasons promise together. */
function promised(name: FaultName): { status: number; reason?: string } {
  const { reason } = faultCatalogue[name];
  return reason === null ? accepted : { status: catalogue[reason as Reason].status, reason };
}

const accepted = { status: 200 };

async function issue(request: object = {}): Promise<string> {
  return (await tenant.token({ as: "alice", ...request })).access_token;
}

test("each promised reason is one of Gatewarden's", () => {
  const reasons = Object.values(faultCatalogue).flatMap(({ reason }) => reason ?? []);
  expect(reasons.filter((reason) => !(reason in catalogue))).toEqual([]);
});

describe("a token", () => {
  test.each(namesOf("token"))("%s", async (name) => {
    const api = await startApi();
    expect(await api.call(await issue())).toEqual(accepted);
    expect(await api.call(await issue({ fault: name }))).toEqual(promised(name));
    expect(await api.call(await issue())).toEqual(accepted);
    await tenant.faults.set(name);
    expect(await api.call(await issue())).toEqual(promised(name));
    await tenant.faults.clear();
    expect(await api.call(await issue())).toEqual(accepted);
  });

  test("with the published key as HMAC secret opens no door, whatever else is right (CVE-2015-9235)", async () => {
    const api = await startApi();
    expect(await api.call(await issue())).toEqual(accepted);
    expect(await api.call(await issue({ fault: "hs256" }))).toEqual({ status: 401, reason: "algorithm_not_allowed" });
  });

  test("by a clock that is behind is expired before its time", async () => {
    const api = await startApi();
    const fault = { name: "clock-skew", seconds: -90_000 };
    expect(await api.call(await issue({ fault }))).toEqual({ status: 401, reason: "expired" });
  });
});

describe("keys", () => {
  test.each(namesOf("keys"))("%s, for an API that starts now, and a token from before", async (name) => {
    const old = await issue();
    await tenant.faults.set(name);
    const api = await startApi();
    expect(await api.call(old)).toEqual(promised(name));
    expect(await api.call(await issue())).toEqual(accepted);
    await tenant.faults.clear();
    api.wait(20);
    expect(await api.call(old)).toEqual(accepted);
    expect(await api.call(await issue())).toEqual(accepted);
  });

  test("rotated, for an API that is running: new tokens are accepted at once", async () => {
    const api = await startApi();
    expect(await api.call(await issue())).toEqual(accepted);
    await tenant.faults.set("rotated-keys");
    expect(await api.call(await issue())).toEqual(accepted);
  });

  test("new under the same id, for an API that is running: accepted when its key set is old", async () => {
    const api = await startApi();
    expect(await api.call(await issue())).toEqual(accepted);
    await tenant.faults.set("same-kid-new-key");
    const fresh = await issue();
    expect(await api.call(fresh)).toEqual(promised("same-kid-new-key"));
    api.wait(20);
    expect(await api.call(fresh)).toEqual(accepted);
  });
});

describe("answers", () => {
  test.each(namesOf("provider"))("%s, for an API that has no keys yet", async (name) => {
    const api = await startApi(name.endsWith("-slow") ? 0.5 : undefined);
    await tenant.faults.set(name);
    const token = await issue();
    expect(await api.call(token)).toEqual(promised(name));
    await tenant.faults.clear();
    // On a busy machine a sound answer may take longer than the API waits for late ones.
    await vi.waitFor(async () => {
      api.wait(120);
      expect(await api.call(token)).toEqual(accepted);
    }, 10_000);
  });

  test.each(namesOf("provider"))("%s, for an API that has the keys: nobody notices", async (name) => {
    const api = await startApi();
    const token = await issue();
    expect(await api.call(token)).toEqual(accepted);
    await tenant.faults.set(name);
    api.wait(12);
    expect(await api.call(token)).toEqual(accepted);
  });

  test("that are wrong only once: the next time it goes well", async () => {
    const api = await startApi();
    const token = await issue();
    await tenant.faults.set({ name: "jwks-500", times: 2 });
    expect(await api.call(token)).toEqual({ status: 503, reason: "keys_unavailable" });
    api.wait(120);
    expect(await api.call(token)).toEqual({ status: 503, reason: "keys_unavailable" });
    api.wait(120);
    expect(await api.call(token)).toEqual(accepted);
  });
});
