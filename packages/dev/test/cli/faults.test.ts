// `gatewarden faults`, `gatewarden dev --fault`, `gatewarden token --fault`.
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { expect, test, vi } from "vitest";
import { main } from "../../src/cli.js";
import { faultCatalogue, tenantDirectoryName } from "../../src/index.js";
import { createSession, run } from "../support/cli-session.js";
import { makeDirectory, startTenant } from "../support/tenants.js";

test("switches faults on and off in the tenant that was started here", async () => {
  const cwd = await makeDirectory();
  const tenant = await startTenant({ directory: join(cwd, tenantDirectoryName) });
  const on = "Faults that are on:\n  expired:seconds=60\n  jwks-500:times=2\n";
  expect(await run(["faults", "expired:seconds=60", "jwks-500:times=2"], cwd)).toEqual({ code: 0, out: on, err: "" });
  expect(tenant.faults.active).toEqual([
    { name: "expired", seconds: 60 },
    { name: "jwks-500", times: 2 },
  ]);
  const less = await run(["faults", "--reset", "expired"], cwd);
  expect(less.out).toBe("Faults that are on:\n  jwks-500:times=2\n");
  expect(await run(["faults", "--reset"], cwd)).toEqual({ code: 0, out: "No faults are on.\n", err: "" });
  expect(tenant.faults.active).toEqual([]);
});

test.each([[["faults"]], [["faults", "--list"]]])("%j lists all faults and marks those that are on", async (args) => {
  const tenant = await startTenant();
  await tenant.faults.set("alg-none");
  const { code, out } = await run([...args, "--issuer", tenant.issuer]);
  expect(code).toBe(0);
  for (const [name, { description }] of Object.entries(faultCatalogue)) {
    expect(out).toMatch(new RegExp(`^[ *] ${name} +${escapePattern(description)} → `, "m"));
  }
  expect(out.match(/^\* .*/gm)).toEqual([expect.stringMatching(/^\* alg-none .* → algorithm_none$/)]);
  expect(out).toMatch(/\n\nFaults that are on:\n {2}alg-none\n$/);
});

test("parameters may be text, numbers, JSON and lists", async () => {
  const tenant = await startTenant();
  const set = async (fault: string): Promise<unknown> => {
    await run(["faults", "--issuer", tenant.issuer, fault]);
    return tenant.faults.active.find(({ name }) => fault.startsWith(name));
  };
  expect(await set("wrong-issuer:issuer=https://a.example:8443/b=c")).toMatchObject({
    issuer: "https://a.example:8443/b=c",
  });
  expect(await set("missing-permissions:permissions=read:admin,times=3")).toMatchObject({
    permissions: ["read:admin"],
    times: 3,
  });
  expect(await set('missing-permissions:permissions=["read:admin","read:reports"]')).toMatchObject({
    permissions: ["read:admin", "read:reports"],
  });
  expect(await set(`hs256:secret=${"1".repeat(32)}`)).toMatchObject({ secret: "1".repeat(32) });
  expect(await set("rotated-keys:keepOld=true")).toMatchObject({ keepOld: true });
});

test.each([
  [["faults", "expird"], 'There is no fault "expird"; did you mean "expired"?'],
  [["faults", "expired:seconds=soon"], 'seconds is "soon", but expected number. Example: 60'],
  [["faults", "--reset", "expird"], 'There is no fault "expird"; did you mean "expired"?'],
  [["faults", "alg-none", "hs256"], 'The faults "alg-none" and "hs256" cannot both be on'],
  [["token", "--fault", "jwks-500"], 'fault.name is "jwks-500", but expected one of "expired"'],
  [["dev", "--port", "0", "--fault", "expird"], 'There is no fault "expird"; did you mean "expired"?'],
  [["dev", "--port", "0", "--fault", "alg-none", "--fault", "hs256"], "cannot both be on"],
])("%j fails with a reason", async (args, reason) => {
  const tenant = await startTenant();
  const { code, out, err } = await run(args[0] === "dev" ? args : [...args, "--issuer", tenant.issuer]);
  // What the tenant refuses is a failure, what the command line says wrong is not begun.
  expect({ code, out }).toEqual({
    code: args[0] === "faults" && reason.includes("cannot both be on") ? 1 : 2,
    out: "",
  });
  expect(err).toContain(reason);
  expect(tenant.faults.active).toEqual([]);
});

test("says how to start a tenant when none runs", async () => {
  const gone = await startTenant();
  await gone.close();
  const { code, err } = await run(["faults", "--issuer", gone.issuer]);
  expect({ code, err }).toEqual({
    code: 1,
    err: `error: No local tenant answers at ${gone.issuer}. Start one with: npx gatewarden dev\n`,
  });
});

test("a port that closes is told about before it does", async () => {
  const tenant = await startTenant();
  const { code, out } = await run(["faults", "port-closed", "--issuer", tenant.issuer]);
  expect({ code, out }).toEqual({ code: 0, out: "Faults that are on:\n  port-closed:seconds=30\n" });
});

test("dev starts with faults on, and says so", async () => {
  const session = await createSession();
  const exit = main(["dev", "--port", "0", "--fault", "expired", "--fault", "discovery-500"], session.io);
  await vi.waitFor(() => expect(session.out()).toContain("Stop with Ctrl-C."), 10_000);
  expect(session.out()).toContain("\nFaults that are on:\n  expired:seconds=3600\n  discovery-500\n");
  const issuer = /^ISSUER_BASE_URL=(.+)$/m.exec(session.out())?.[1] ?? "";
  expect((await fetch(new URL("/.well-known/openid-configuration", issuer))).status).toBe(500);
  session.stop();
  expect(await exit).toBe(0);
});

test("token can have a fault of its own", async () => {
  const tenant = await startTenant();
  const { out } = await run(["token", "--issuer", tenant.issuer, "--fault", "wrong-audience:audience=orders"]);
  expect(decodeJwt(out.trim()).aud).toEqual(["orders", `${tenant.issuer}userinfo`]);
  const none = await run(["token", "--issuer", tenant.issuer, "--fault", "alg-none"]);
  expect(decodeProtectedHeader(none.out.trim()).alg).toBe("none");
  expect(tenant.faults.active).toEqual([]);
});

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
