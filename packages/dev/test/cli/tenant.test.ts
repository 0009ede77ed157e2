// `gatewarden tenant`: real processes of the built command beside a real tenant. What a flag does,
// the documented HTTP call does too.
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { signingAlgorithms } from "../../src/config/algorithms.js";
import { type Tenant, tenantDirectoryName } from "../../src/index.js";
import { call } from "../support/call.js";
import * as session from "../support/cli-session.js";
import { logIn } from "../support/client.js";
import { runCommand } from "../support/command.js";
import { startReceiver } from "../support/receiver.js";
import { makeDirectory, startRecordedTenant, startTenant } from "../support/tenants.js";

/** One by the command, one by HTTP. */
let tenant: Tenant;
let twin: Tenant;
let cwd: string;
beforeAll(async () => {
  ({ cwd, tenant } = await startRecordedTenant());
  twin = await startTenant();
});

const run = (...args: readonly string[]) => runCommand(["tenant", ...args], { cwd });
const example = "https://api.gatewarden.local";
const audience = encodeURIComponent(example);

/** All that a change can reach, without addresses of the tenant itself. */
async function stateOf(one: Tenant) {
  const { apis, clients, personas } = (await call(one, "GET /dev")).body;
  return { apis, clients, personas, online: (await call(one, "GET /dev/apis")).body.apis };
}

describe("gatewarden tenant", () => {
  test("lists APIs, personas, clients and what the console shows, as GET /dev and GET /dev/apis do", async () => {
    const other = await startTenant({
      apis: [{ audience: "orders", permissions: ["read:orders"], rbac: false, signingAlgorithm: "ES256" }],
      personas: { dora: { name: "Dora Dean", permissions: ["read:orders"] }, eve: {} },
      clients: { batch: { name: "Batch", secret: "hush-hush" } },
      showApis: [{ url: "http://127.0.0.1:3000", name: "Orders" }],
    });
    const { code, out, err } = await run("--issuer", other.issuer);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(`Local tenant: ${other.issuer}
Console: ${other.url}/console
APIs:
  orders  ES256, no RBAC, read:orders
Personas:
  dora  Dora Dean, read:orders
  eve   eve, no permissions
Clients:
  batch  Batch, client_credentials
Shown in the console:
  http://127.0.0.1:3000  Orders
`);
    expect(out).not.toContain("hush-hush");
  });

  test("--json is one document of the two calls", async () => {
    const { code, out } = await run("--json");
    const described = (await call(tenant, "GET /dev")).body;
    const { apis } = (await call(tenant, "GET /dev/apis")).body;
    expect({ code, document: JSON.parse(out) }).toEqual({ code: 0, document: { ...described, shown: apis } });
    expect(out.split("\n")).toHaveLength(2);
  });

  test.each([
    [["persona", "dora", 'permissions=["read:admin"]'], "PUT /dev/personas/dora", { permissions: ["read:admin"] }],
    [
      ["persona", "dora", "name=Dora Dean", "email=d@x.example"],
      "PUT /dev/personas/dora",
      { name: "Dora Dean", email: "d@x.example" },
    ],
    [
      ["persona", "bob", "permissions=[]", 'roles=["buyer"]'],
      "PUT /dev/personas/bob",
      { permissions: [], roles: ["buyer"] },
    ],
    [["persona", "fay"], "PUT /dev/personas/fay", {}],
    [
      ["client", "batch", "secret=s3cret", 'permissions=["read:reports"]'],
      "PUT /dev/clients/batch",
      { secret: "s3cret", permissions: ["read:reports"] },
    ],
    [["api", example, "rbac=false"], `PUT /dev/audiences/${audience}`, { rbac: false }],
    [
      ["api", example, "rbac=true", "permissionsInAccessToken=false"],
      `PUT /dev/audiences/${audience}`,
      { rbac: true, permissionsInAccessToken: false },
    ],
    [
      ["api", example, "tokenLifetime=60", "signingAlgorithm=ES256"],
      `PUT /dev/audiences/${audience}`,
      { tokenLifetime: 60, signingAlgorithm: "ES256" },
    ],
    [["api", "my api/2", "name=Two=2"], "PUT /dev/audiences/my%20api%2F2", { name: "Two=2" }],
    [["persona", "fay", "--remove"], "DELETE /dev/personas/fay", undefined],
    [["--remove", "client", "batch"], "DELETE /dev/clients/batch", undefined],
    [["--api", "http://127.0.0.1:3000/"], "PUT /dev/apis", { url: "http://127.0.0.1:3000/" }],
    [["--remove-api", "http://127.0.0.1:3000"], "DELETE /dev/apis?url=http://127.0.0.1:3000", undefined],
  ])("%j does what %s does", async (args, route, body) => {
    const before = await stateOf(tenant);
    const { code, err } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect((await call(twin, route, body)).status).toBeLessThan(300);
    const after = await stateOf(tenant);
    expect(after).toEqual(await stateOf(twin));
    expect(after).not.toEqual(before);
  });

  test("several flags and a change at once, which the answer shows", async () => {
    const args = ["--api", "http://127.0.0.1:3001", "--api", "http://127.0.0.1:3002", "persona", "gil", "name=Gil"];
    const { code, out } = await run(...args);
    expect(code).toBe(0);
    for (const line of [/^ {2}gil +Gil, no permissions$/m, /^ {2}http:\/\/127\.0\.0\.1:3001 /m, /:3002 /]) {
      expect(out).toMatch(line);
    }
    expect((await run("--remove-api", "http://127.0.0.1:3001", "--remove-api=http://127.0.0.1:3002/")).code).toBe(0);
    expect((await call(tenant, "GET /dev/apis")).body.apis).toEqual([]);
  });

  test("what it changes reaches the next token and the next login", async () => {
    await run("api", example, "rbac=true", "signingAlgorithm=PS256");
    await run("persona", "dora", 'permissions=["read:reports"]');
    const { access_token } = await tenant.token({ as: "dora" });
    expect(decodeProtectedHeader(access_token).alg).toBe("PS256");
    expect(decodeJwt(access_token)["permissions"]).toEqual(["read:reports"]);
    await run("api", example, "rbac=false");
    const login = await logIn(tenant, "dora", { scope: "openid read:admin" });
    expect(decodeJwt(login.access_token)["scope"]).toBe("openid read:admin");
    await run("api", example, "rbac=true");
  });
});

describe("A call of gatewarden tenant that is wrong", () => {
  test.each([
    [["person", "dora"], 'There is no kind "person"; did you mean "persona"?'],
    [
      ["thing", "dora"],
      'There is no kind "thing". There are: persona, client, api. For example: gatewarden tenant persona dora name="Dora Dean"',
    ],
    [["persona"], "Which persona? For example: gatewarden tenant persona dora"],
    [["client", ""], "Which client? For example: gatewarden tenant client batch secret=batch-secret"],
    [["api", ".."], "Which api? For example: gatewarden tenant api https://api.acme.com rbac=false"],
    [["persona", "dora", "name"], "A change is name=value"],
    [["persona", "dora", "=x"], "A change is name=value"],
    [["--remove"], "--remove needs a persona or a client. For example: gatewarden tenant persona dora --remove"],
    [["api", "x", "--remove"], "--remove is for a persona or a client."],
    [["persona", "dora", "name=Dora", "--remove"], "--remove takes no change with it."],
    [["--ap", "http://127.0.0.1:1"], "There is no flag --ap; did you mean --api?"],
    [["--api"], "--api needs a value. For example: --api http://127.0.0.1:3000"],
    [
      ["--issuer", "localhost:4400"],
      '--issuer is "localhost:4400", but must be a URL. Example: http://127.0.0.1:4400/',
    ],
    [["--issuer", "ftp://127.0.0.1/"], "must be a URL. Example: http://127.0.0.1:4400/"],
  ])("%j ends with 2 and an example", async (args, says) => {
    const before = await stateOf(tenant);
    const { code, out, err } = await session.run(["tenant", ...args], cwd);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`error: `);
    expect(err).toContain(says);
    expect(await stateOf(tenant)).toEqual(before);
  });

  test.each([
    [
      ["persona", "alice", "permissions=read:admin"],
      'personas.alice.permissions is "read:admin", but expected array. Example: ["read:admin"]',
    ],
    [
      ["persona", "alice", 'permissions=["read:x"]'],
      'personas.alice.permissions has "read:x", which no API lists in its permissions (known: ',
    ],
    [["persona", "alice", "subject=auth0|bob"], "The persona bob has this subject already."],
    [["persona", "a b"], "personas.a b: the name must be a short name"],
    [["persona", "alice", "nmae=Alice"], 'personas.alice has no setting "nmae"; check the spelling.'],
    [["client", "web", 'grants=["password"]'], 'clients.web.grants[0] is "password", but expected one of'],
    [["client", "web", "secret=4711815"], "clients.web.secret is a number, but expected string."],
    [["api", example, "rbac=no"], 'rbac is "no", but expected boolean. Example: true'],
    [["api", example, "rbac=false", "permissionsInAccessToken=true"], 'needs "rbac": true.'],
    [
      ["api", example, "signingAlgorithm=HS256"],
      `signingAlgorithm is "HS256", but expected one of ${signingAlgorithms.map((one) => `"${one}"`).join(", ")}. Example: "RS256"`,
    ],
    [["api", example, "audience=other"], "The audience is named by the path alone."],
    [["--remove-api", "http://127.0.0.1:1"], "The console does not show http://127.0.0.1:1. It shows: none."],
  ])("%j ends with 1 and the tenant's reason, in one line", async (args, says) => {
    const before = await stateOf(tenant);
    const { code, out, err } = await session.run(["tenant", ...args], cwd);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
    expect(err).toMatch(/^error: .+\n$/);
    expect(err).not.toMatch(/\\n|4711815|apis\[0\]/);
    expect(await stateOf(tenant)).toEqual(before);
  });
});

/** One of each way to call a tenant. */
const calls = [["tenant"], ["keys"], ["reset"], ["watch"], ["faults"], ["logout"], ["signal"], ["token"]];

describe("A folder whose tenant", () => {
  async function makeFolder(record: string): Promise<string> {
    const folder = await makeDirectory();
    await mkdir(join(folder, tenantDirectoryName));
    await writeFile(join(folder, tenantDirectoryName, "tenant.json"), record);
    return folder;
  }
  const toRecord = (issuer: string) => JSON.stringify({ issuer, pid: 1, startedAt: new Date().toISOString() });

  test("has died without removing its record: 1, and which one", async () => {
    const gone = await startTenant();
    await gone.close();
    const folder = await makeFolder(toRecord(gone.issuer));
    const err = `error: The local tenant of this folder, ${gone.issuer}, does not answer any more. Start one with: npx gatewarden dev\n`;
    const seen = await Promise.all(calls.map((args) => runCommand(args, { cwd: folder })));
    expect(seen).toEqual(calls.map(() => ({ code: 1, out: "", err })));
  });

  test("is recorded on another machine is not asked, as its record came with the folder (CWE-441)", async () => {
    const folder = await makeFolder(toRecord("https://tenant.example.test/"));
    const file = join(folder, tenantDirectoryName, "tenant.json");
    const err = `error: ${file} names https://tenant.example.test/, which is not on this machine. Delete the file, or name a tenant with --issuer.\n`;
    const seen = await Promise.all(calls.map((args) => session.run(args, folder)));
    expect(seen).toEqual(calls.map(() => ({ code: 1, out: "", err })));
    // The nearest valid neighbour: a named one.
    expect((await runCommand(["keys", "--issuer", tenant.issuer], { cwd: folder })).code).toBe(0);
  });

  test.each(["", "{}", "[", '{"issuer":"x","pid":1,"startedAt":""}'])(
    "has the record %j is as one without a tenant",
    async (record) => {
      const folder = await makeFolder(record);
      const { code, err } = await session.run(["tenant", "--issuer", tenant.issuer], folder);
      expect({ code, err }).toEqual({ code: 0, err: "" });
    },
  );

  test("is another server by now: 1, and what answers there", async () => {
    const { url } = await startReceiver();
    const folder = await makeFolder(toRecord(`${url}/`));
    const seen = await Promise.all(calls.map((args) => session.run(args, folder)));
    for (const [index, { code, out, err }] of seen.entries()) {
      expect({ args: calls[index], code, out }).toEqual({ args: calls[index], code: 1, out: "" });
      expect(err).toContain(`error: ${url}/ is not a local tenant.`);
      expect(err).toContain("Start one with: npx gatewarden dev");
    }
  });

  test("is a server that sends without end: 1, and not the memory of this machine (CWE-770)", async () => {
    let isGone = false;
    const server = createServer((_request, response) => {
      const send = () => {
        while (!isGone && response.write(" ".repeat(65_536)));
      };
      response.on("drain", send).once("close", () => {
        isGone = true;
      });
      send();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, err } = await session.run(["tenant"], await makeFolder(toRecord(url)));
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`${url} is not a local tenant.`) });
    await expect.poll(() => isGone, { timeout: 20_000 }).toBe(true);
  });

  test("is above it is found from below", async () => {
    await mkdir(join(cwd, "src", "deep"), { recursive: true });
    const { code, out } = await runCommand(["tenant"], { cwd: join(cwd, "src", "deep") });
    expect(code).toBe(0);
    expect(out).toContain(`Local tenant: ${tenant.issuer}\n`);
  });
});
