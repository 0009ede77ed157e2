import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTenant, type Tenant } from "../src/index.js";
import { logIn, verify } from "./support/client.js";
import { makeDirectory, startTenant } from "./support/tenants.js";

async function publishedKeys(tenant: Tenant): Promise<Record<string, string>[]> {
  const response = await fetch(new URL("/.well-known/jwks.json", tenant.issuer));
  return ((await response.json()) as { keys: Record<string, string>[] }).keys;
}

test("the key set holds public keys only and may be cached as at Auth0", async () => {
  const tenant = await startTenant();
  const response = await fetch(new URL("/.well-known/jwks.json", tenant.issuer));
  expect(response.headers.get("cache-control")).toBe(
    "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400",
  );
  const [key] = await publishedKeys(tenant);
  expect(Object.keys(key ?? {}).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
});

test("rotation signs with a new key at once and keeps the old one published", async () => {
  const tenant = await startTenant();
  const before = await tenant.token();
  await tenant.rotateKeys();
  const after = await tenant.token();
  const [old, fresh] = [await verify(tenant, before.access_token), await verify(tenant, after.access_token)];
  expect(fresh.header.kid).not.toBe(old.header.kid);
  expect((await publishedKeys(tenant)).map((key) => key["kid"])).toEqual([fresh.header.kid, old.header.kid]);
});

test("rotation with dropOld makes old tokens unverifiable", async () => {
  const tenant = await startTenant();
  const before = await tenant.token();
  await tenant.rotateKeys({ dropOld: true });
  expect(await publishedKeys(tenant)).toHaveLength(1);
  await expect(verify(tenant, before.access_token)).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
});

test("sessions, logins and known tokens survive a rotation", async () => {
  const tenant = await startTenant();
  const { access_token } = await tenant.token();
  await tenant.rotateKeys();
  const authorization = `Bearer ${access_token}`;
  expect((await fetch(new URL("/userinfo", tenant.issuer), { headers: { authorization } })).status).toBe(200);
  expect((await logIn(tenant, "bob")).access_token).toContain(".");
});

test("keys in a directory survive a restart, private and out of version control", async () => {
  const directory = await makeDirectory();
  const first = await createTenant({ port: 0, directory });
  const { access_token } = await first.token();
  await first.close();
  const second = await startTenant({ directory, port: first.port });
  expect((await verify(second, access_token)).payload.sub).toBe("auth0|alice");
  expect((await stat(join(directory, "keys.json"))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(directory, ".gitignore"), "utf8")).toBe("*\n");
});

test("a missing algorithm is added to the stored keys", async () => {
  const directory = await makeDirectory();
  await (await createTenant({ port: 0, directory })).close();
  const tenant = await startTenant({ directory, apis: [{ audience: "api", signingAlgorithm: "ES256" }] });
  expect((await publishedKeys(tenant)).map((key) => key["alg"])).toEqual(["RS256", "ES256"]);
});

test("without a directory nothing is written and every tenant has keys of its own", async () => {
  const [one, two] = [await startTenant(), await startTenant()];
  expect((await publishedKeys(one))[0]?.["kid"]).not.toBe((await publishedKeys(two))[0]?.["kid"]);
});

test.each([
  ["not JSON", "{"],
  ["another shape", '{"keys":[{"kty":"RSA"}]}'],
  ["broken keys", '{"keys":[{"kty":"RSA","kid":"a","alg":"RS256","use":"sig","n":"AQAB","e":"AQAB","d":"AQAB"}]}'],
])("a key file with %s is refused by name", async (_name, content) => {
  const directory = await makeDirectory();
  const file = join(directory, "keys.json");
  await writeFile(file, content);
  await expect(createTenant({ port: 0, directory })).rejects.toMatchObject({
    code: "invalid_keys",
    message: expect.stringMatching(new RegExp(`^${file} does not hold usable signing keys. Delete the file`)),
  });
});
