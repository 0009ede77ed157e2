// `gatewarden reset`: real processes of the built command beside a real tenant. It asks nothing, as
// its help says: what it undoes is a developer's own.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { type ResetPart, resetParts } from "../../src/reset-parts.js";
import { call } from "../support/call.js";
import * as session from "../support/cli-session.js";
import { logIn, verify } from "../support/client.js";
import { runCommand } from "../support/command.js";
import { createCaller, getSignalToken } from "../support/signals.js";
import { startRecordedTenant } from "../support/tenants.js";

let tenant: Tenant;
let cwd: string;
let start: Awaited<ReturnType<typeof stateOf>>;
beforeAll(async () => {
  ({ cwd, tenant } = await startRecordedTenant());
  start = await stateOf(tenant);
});
beforeEach(() => tenant.reset());

const run = (...args: readonly string[]) => runCommand(["reset", ...args], { cwd });

/** What there is, by part. */
async function stateOf(one: Tenant) {
  const { apis, clients, faults, personas } = (await call(one, "GET /dev")).body;
  const keys = (await call(one, "GET /.well-known/jwks.json")).body;
  const sessions = [(await call(one, "GET /dev/logins")).body, (await call(one, "GET /dev/signals")).body];
  const algorithms = apis.map((api: { signingAlgorithm: string }) => api.signingAlgorithm);
  const people = {
    clients,
    personas,
    apis: apis.map(({ signingAlgorithm: _, ...api }: Record<string, unknown>) => api),
  };
  return { people, faults, keys: { algorithms: [...new Set(algorithms)], keys }, sessions };
}

/** Changes each part in each way. */
async function changeAll(): Promise<void> {
  const audience = encodeURIComponent(tenant.audience);
  await call(tenant, "PUT /dev/personas/dora", { permissions: ["read:admin"] });
  await call(tenant, "PUT /dev/clients/batch", { secret: "s3cret" });
  await call(tenant, `PUT /dev/audiences/${audience}`, { rbac: false, tokenLifetime: 60 });
  await call(tenant, "PUT /dev/audiences/orders", {});
  await tenant.signal({ as: "bob", event: "token-claims-change", permissions: ["read:admin"] });
  await tenant.signal({ as: "carol", event: "account-disabled" });
  await logIn(tenant, "alice");
  const stream = createCaller(tenant, await getSignalToken(tenant));
  const delivery = { method: "urn:ietf:rfc:8936" };
  expect((await stream("POST", "/ssf/stream", { delivery })).status).toBe(201);
  await tenant.rotateKeys({ dropOld: true, algorithm: "ES256" });
  // Last: it is in the way of everything else.
  await tenant.faults.set("expired", "same-kid-new-key");
}

describe("gatewarden reset", () => {
  test("brings everything back, at once and without a question, as POST /dev/reset does", async () => {
    const { access_token } = await tenant.token();
    await changeAll();
    const changed = await stateOf(tenant);
    for (const part of resetParts) expect([part, changed[part]]).not.toEqual([part, start[part]]);
    expect(await run()).toEqual({ code: 0, out: "As at the start: people, faults, keys, sessions.\n", err: "" });
    expect(await stateOf(tenant)).toEqual(start);
    await verify(tenant, access_token);
    await logIn(tenant, "carol");
    await tenant.reset("sessions");
    await changeAll();
    expect(await call(tenant, "POST /dev/reset", {})).toEqual({ status: 200, body: { reset: resetParts } });
    expect(await stateOf(tenant)).toEqual(start);
  });

  test.each([[["people"]], [["faults"]], [["keys"]], [["sessions"]], [["keys", "faults"]]])(
    "%j brings back these parts and no others",
    async (parts) => {
      await changeAll();
      if (!parts.includes("faults")) await tenant.faults.clear("same-kid-new-key");
      const before = await stateOf(tenant);
      const { code, out } = await run(...parts);
      expect({ code, out }).toEqual({ code: 0, out: `As at the start: ${parts.join(", ")}.\n` });
      const after = await stateOf(tenant);
      for (const part of resetParts.filter((one) => parts.includes(one))) {
        expect([part, after[part]]).toEqual([part, start[part]]);
      }
      for (const part of resetParts.filter((one) => !parts.includes(one) && isApart(one, parts))) {
        expect([part, after[part]]).toEqual([part, before[part]]);
      }
    },
  );

  test("--json is the answer of the call, on one line", async () => {
    expect(await run("--json", "faults", "keys")).toEqual({ code: 0, out: '{"reset":["faults","keys"]}\n', err: "" });
  });

  test("a part that is named twice is one part", async () => {
    expect((await run("faults", "faults")).code).toBe(0);
  });

  test.each([
    [["key"], 'There is no part "key" to reset; did you mean "keys"?'],
    [["everything"], 'There is no part "everything" to reset. There are: people, faults, keys, sessions.'],
    [["keys", "all"], 'There is no part "all" to reset.'],
    [["--keys"], "There is no flag --keys; did you mean keys, without dashes?"],
    [["--yes"], "There is no flag --yes"],
  ])("%j ends with 2, and resets nothing", async (args, says) => {
    await tenant.faults.set("expired");
    const { code, out, err } = await session.run(["reset", ...args], cwd);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(says);
    expect(tenant.faults.active).toHaveLength(1);
  });
});

/** The keys come with the algorithms of the APIs, which are people's, and one of the faults is theirs. */
function isApart(part: ResetPart, parts: readonly string[]): boolean {
  return part !== "keys" || !(parts.includes("people") || parts.includes("faults"));
}
