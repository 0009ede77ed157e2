// Faults of the tenant's keys: what is published, what signs, what still verifies, and that all is as before after a reset.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeProtectedHeader } from "jose";
import { expect, test } from "vitest";
import { createTenant, type Tenant } from "../../src/index.js";
import { verify } from "../support/client.js";
import { makeDirectory, startTenant } from "../support/tenants.js";

async function kids(tenant: Tenant): Promise<string[]> {
  const response = await fetch(new URL("/.well-known/jwks.json", tenant.issuer));
  return ((await response.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

async function issue(tenant: Tenant): Promise<string> {
  return (await tenant.token()).access_token;
}

const noKey = { code: "ERR_JWKS_NO_MATCHING_KEY" };
const badSignature = { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" };

test("rotated-keys withdraws the old key, and a reset brings it back", async () => {
  const tenant = await startTenant();
  const [before, old] = [await kids(tenant), await issue(tenant)];
  await tenant.faults.set("rotated-keys");
  const fresh = await issue(tenant);
  await verify(tenant, fresh);
  expect(await kids(tenant)).toEqual([decodeProtectedHeader(fresh).kid]);
  await expect(verify(tenant, old)).rejects.toMatchObject(noKey);
  await tenant.faults.clear();
  expect(await kids(tenant)).toEqual(before);
  await verify(tenant, old);
  await verify(tenant, await issue(tenant));
  await expect(verify(tenant, fresh)).rejects.toMatchObject(noKey);
});

test("rotated-keys can keep the old key, and then nothing breaks", async () => {
  const tenant = await startTenant();
  const [before, old] = [await kids(tenant), await issue(tenant)];
  await tenant.faults.set({ name: "rotated-keys", keepOld: true });
  const fresh = await issue(tenant);
  expect(await kids(tenant)).toEqual([decodeProtectedHeader(fresh).kid, ...before]);
  await verify(tenant, fresh);
  await verify(tenant, old);
});

test("same-kid-new-key replaces the key under its id, and a reset brings the old one back", async () => {
  const tenant = await startTenant();
  const [before, old] = [await kids(tenant), await issue(tenant)];
  await tenant.faults.set("same-kid-new-key");
  const fresh = await issue(tenant);
  expect(await kids(tenant)).toEqual(before);
  await verify(tenant, fresh);
  await expect(verify(tenant, old)).rejects.toMatchObject(badSignature);
  await tenant.faults.clear();
  await verify(tenant, old);
  await expect(verify(tenant, fresh)).rejects.toMatchObject(badSignature);
});

test("one key fault takes the place of the other only when asked to", async () => {
  const tenant = await startTenant();
  await tenant.faults.set("rotated-keys");
  await expect(tenant.faults.set("same-kid-new-key")).rejects.toMatchObject({ code: "invalid_request" });
  const rotated = await kids(tenant);
  await tenant.faults.replace("same-kid-new-key");
  expect(await kids(tenant)).not.toEqual(rotated);
  await verify(tenant, await issue(tenant));
});

test("switched on again, keys are replaced again", async () => {
  const tenant = await startTenant();
  await tenant.faults.set("rotated-keys");
  const first = await kids(tenant);
  await tenant.faults.set("rotated-keys");
  expect(await kids(tenant)).not.toEqual(first);
  await verify(tenant, await issue(tenant));
});

test("other faults leave replaced keys as they are", async () => {
  const tenant = await startTenant();
  await tenant.faults.set("rotated-keys");
  const rotated = await kids(tenant);
  await tenant.faults.set("wrong-audience");
  await tenant.faults.clear("wrong-audience");
  expect(await kids(tenant)).toEqual(rotated);
});

test("a real rotation while keys are replaced is there after the reset", async () => {
  const tenant = await startTenant();
  const [before, old] = [await kids(tenant), await issue(tenant)];
  await tenant.faults.set("same-kid-new-key");
  await tenant.rotateKeys();
  const fresh = await issue(tenant);
  await verify(tenant, fresh);
  await tenant.faults.clear();
  const after = await kids(tenant);
  expect(after.slice(1)).toEqual(before);
  await verify(tenant, old);
  await expect(verify(tenant, fresh)).rejects.toMatchObject(badSignature);
  await verify(tenant, await issue(tenant));
});

test("keys of a fault are never stored: a restart has the real ones", async () => {
  const directory = await makeDirectory();
  const tenant = await createTenant({ port: 0, directory });
  const [old, stored] = [await issue(tenant), await readFile(join(directory, "keys.json"), "utf8")];
  await tenant.faults.set("rotated-keys");
  await tenant.close();
  expect(await readFile(join(directory, "keys.json"), "utf8")).toBe(stored);
  const again = await startTenant({ port: tenant.port, directory });
  await verify(again, old);
});

test("every algorithm is replaced", async () => {
  const apis = (["RS256", "ES256", "EdDSA"] as const).map((alg) => ({ audience: alg, signingAlgorithm: alg }));
  const tenant = await startTenant({ apis });
  const before = await kids(tenant);
  await tenant.faults.set("rotated-keys");
  expect((await kids(tenant)).filter((kid) => before.includes(kid))).toEqual([]);
  for (const { audience } of apis) await verify(tenant, (await tenant.token({ audience })).access_token, audience);
});

test("token faults go on after keys were replaced", async () => {
  const tenant = await startTenant();
  await tenant.faults.set("wrong-audience", "rotated-keys");
  await verify(tenant, await issue(tenant), "https://another-api.example");
  await tenant.faults.clear("rotated-keys");
  await verify(tenant, await issue(tenant), "https://another-api.example");
});
