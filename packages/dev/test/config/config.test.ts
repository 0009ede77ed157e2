import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configFileName, createTenant, loadConfig } from "../../src/index.js";
import { verify } from "../support/client.js";
import { makeDirectory, startTenant } from "../support/tenants.js";

async function load(content: string): Promise<unknown> {
  const directory = await makeDirectory();
  await writeFile(join(directory, configFileName), content);
  return loadConfig(directory);
}

test("without a file the defaults hold", async () => {
  expect(await loadConfig(await makeDirectory())).toEqual({});
});

test("a file describes a whole tenant", async () => {
  const directory = await makeDirectory();
  const config = {
    tokenDialect: "auth0",
    claimNamespace: "https://acme.example/",
    apis: [{ audience: "orders", permissions: ["read:orders"] }],
    personas: { dora: { subject: "google-oauth2|7", roles: ["buyer"], permissions: ["read:orders"] } },
    clients: { shop: { redirectUris: ["http://localhost:3000/cb"] } },
  };
  await writeFile(join(directory, configFileName), JSON.stringify(config));
  const tenant = await startTenant(await loadConfig(directory));
  const { payload, header } = await verify(tenant, (await tenant.token({ as: "dora" })).access_token, "orders");
  expect(header.typ).toBe("JWT");
  expect(payload).toMatchObject({
    sub: "google-oauth2|7",
    azp: "shop",
    permissions: ["read:orders"],
    "https://acme.example/roles": ["buyer"],
  });
});

test.each([
  ['{"apis":[{"audience":"a","rbac":"yes"}]}', 'apis[0].rbac is "yes", but expected boolean. Example: true'],
  ['{"apis":[{"name":"x"}]}', 'apis[0].audience is missing, but expected string. Example: "https://api.example.com"'],
  [
    '{"apis":[{"audience":"a","permissions":["read admin"]}]}',
    'apis[0].permissions[0] is "read admin", but must be one word',
  ],
  ['{"apis":[]}', "apis is [], but must name at least one API."],
  ['{"tokenDialect":"okta"}', 'tokenDialect is "okta", but expected one of "rfc9068", "auth0". Example: "rfc9068"'],
  ['{"apis":[{"audience":"a","tokenLifetime":0}]}', "apis[0].tokenLifetime is 0, but"],
  ['{"personas":{"alice":{"permission":["x"]}}}', 'personas.alice has no setting "permission"; check the spelling.'],
  ['{"personas":{"al ice":{}}}', "personas.al ice: the name must be a short name"],
  ['{"personas":{}}', "personas is {}, but must name at least one persona."],
  ['{"clients":{"spa":{"grants":["password"]}}}', 'clients.spa.grants[0] is "password", but expected one of'],
  ["[]", "the configuration is [], but expected object."],
])("%s is refused with a message that helps", async (content, message) => {
  await expect(load(content)).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining(message),
  });
  await expect(load(content)).rejects.toThrow(configFileName);
});

test.each([
  ['{"clients":{"web":{"secret":4711815}}}', "clients.web.secret is a number, but expected string."],
  ['{"clients":[{"secret":"4711815"}]}', 'clients is [{"secret":"…"}], but expected record.'],
  ['{"clients":{"web":["4711815",{"secret":"4711815"}]}}', "clients.web is "],
  ['[{"clients":{"web":{"secret":"4711815"}}}]', "the configuration is "],
  ['{"clients":{"web":{"secret":""}}}', 'clients.web.secret is "", but must not be empty.'],
])("%s is refused without the secret of a client (CWE-532)", async (content, message) => {
  const error = await load(content).catch((one: Error) => one);
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
  expect(String(error)).not.toMatch(/"secret":"4711815"|is 4711815/);
});

test("every complaint is listed at once", async () => {
  await expect(load('{"apis":[{"audience":""}],"tokenDialect":1}')).rejects.toThrow(
    /tokenDialect[\s\S]*audience|audience[\s\S]*tokenDialect/,
  );
});

test("a file that is not JSON is refused by name", async () => {
  await expect(load("{ apis: }")).rejects.toThrow(/gatewarden\.dev\.json is not valid JSON/);
});

test("a file that was asked for must be there", async () => {
  const directory = await makeDirectory();
  await expect(loadConfig(directory, "mine.json")).rejects.toThrow(join(directory, "mine.json"));
});

test("a permission that no API knows is taken for a misspelling", async () => {
  const attempt = createTenant({
    port: 0,
    apis: [{ audience: "a", permissions: ["read:orders"] }],
    personas: { alice: { permissions: ["read:oders"] } },
  });
  await expect(attempt).rejects.toThrow('personas.alice.permissions has "read:oders", which no API lists');
});

test.each([
  [{ apis: [{ audience: "a" }, { audience: "a" }] }, 'two entries have the audience "a"'],
  [{ personas: { a: { subject: "x" }, b: { subject: "x" } } }, 'two entries have the subject "x"'],
])("twins are refused: %j", async (options, message) => {
  await expect(createTenant({ port: 0, ...options })).rejects.toThrow(message);
});
