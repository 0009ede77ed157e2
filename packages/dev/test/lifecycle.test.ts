import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createTenant } from "../src/index.js";
import { makeDirectory, startTenant } from "./support/tenants.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

// The blank is what `set NODE_ENV=production && …` leaves in cmd.exe.
test.each(["production", "production ", "Production"])("refuses to start where NODE_ENV is %j", async (value) => {
  vi.stubEnv("NODE_ENV", value);
  await expect(createTenant({ port: 0 })).rejects.toMatchObject({
    code: "production",
    message: expect.stringContaining("NODE_ENV=production"),
  });
});

test.each(["0.0.0.0", "::", "192.168.0.10", "example.com"])("refuses to listen on %s", async (host) => {
  await expect(createTenant({ port: 0, host })).rejects.toMatchObject({
    code: "not_loopback",
    message: expect.stringContaining(host),
  });
});

test("starts, serves and stops without a word on the console", async () => {
  vi.stubEnv("NODE_ENV", undefined);
  const spies = (["log", "info", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
  const tenant = await createTenant({ port: 0 });
  await tenant.token();
  await fetch(new URL("/.well-known/openid-configuration", tenant.issuer));
  await tenant.close();
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});

test("the issuer ends in a slash, the url does not", async () => {
  const tenant = await startTenant();
  expect(tenant.issuer).toBe(`http://127.0.0.1:${tenant.port}/`);
  expect(tenant.url).toBe(`http://127.0.0.1:${tenant.port}`);
});

test("a taken port that was asked for is an error that names it", async () => {
  const taken = await startTenant();
  await expect(createTenant({ port: taken.port })).rejects.toMatchObject({
    code: "port_in_use",
    message: expect.stringContaining(`Port ${taken.port}`),
  });
});

test("a closed tenant frees its port, even with a connection open", async () => {
  const tenant = await createTenant({ port: 0 });
  await (await fetch(tenant.issuer)).text();
  await tenant.close();
  const next = createServer();
  await new Promise<void>((resolve) => next.listen(tenant.port, "127.0.0.1", resolve));
  expect((next.address() as AddressInfo).port).toBe(tenant.port);
  next.close();
});

test("the state file names the tenant and goes with it", async () => {
  const directory = await makeDirectory();
  const tenant = await createTenant({ port: 0, directory });
  const file = join(directory, "tenant.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
    issuer: tenant.issuer,
    pid: process.pid,
    startedAt: expect.any(String),
  });
  await tenant.close();
  await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
});

test("metadata is the same at both well-known places, with the issuer as configured", async () => {
  const tenant = await startTenant();
  const read = async (name: string): Promise<unknown> =>
    (await fetch(new URL(`/.well-known/${name}`, tenant.issuer))).json();
  const metadata = await read("openid-configuration");
  expect(await read("oauth-authorization-server")).toEqual(metadata);
  expect(metadata).toMatchObject({
    issuer: tenant.issuer,
    authorization_endpoint: `${tenant.issuer}authorize`,
    token_endpoint: `${tenant.issuer}oauth/token`,
    userinfo_endpoint: `${tenant.issuer}userinfo`,
    jwks_uri: `${tenant.issuer}.well-known/jwks.json`,
    revocation_endpoint: `${tenant.issuer}oauth/revoke`,
    introspection_endpoint: `${tenant.issuer}oauth/introspect`,
    end_session_endpoint: `${tenant.issuer}oidc/logout`,
    code_challenge_methods_supported: ["S256"],
  });
});
