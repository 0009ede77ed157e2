// The packed library in a real Nitro: `nitro build`, and then what it built, as a process.
import { join } from "node:path";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { http } from "../../../scripts/lib/examples/http.mjs";
import { createProject, locate, type Project } from "../../consumers/test/support/project.js";
import { type Served, serveProject } from "../../consumers/test/support/served.js";

const here = locate("matrix/nitro");
// A build takes a quarter of a minute on a busy machine.
const timeout = 600_000;

describe.skipIf(here.isLeftOut)(here.titleOf("an application of Nitro 3"), () => {
  let project: Project;
  let tenant: Tenant;
  let server: Served;
  let built: { readonly code: number; readonly output: string };

  beforeAll(async () => {
    project = await createProject("app", { from: here, packages: here.allPackages() });
    built = await project.run(join("node_modules", "nitro", "dist", "cli", "index.mjs"), "build");
    tenant = await createTenant({ port: 0 });
    server = await serveProject(project.folder, join(".output", "server", "index.mjs"), tenant);
  }, timeout);
  afterAll(async () => {
    await server?.stop();
    await tenant?.close();
    project?.remove();
  });

  async function ask(operation: "public" | "private" | "admin", request?: TokenRequest) {
    const token = request && (await tenant.token(request)).access_token;
    return http.ask({ url: server.url, operation, token });
  }

  test("is built", () => {
    expect([built.code, built.output]).toEqual([0, expect.stringContaining("Nitro Server built")]);
  });

  test("a refused request is answered with status and challenge", async () => {
    expect(await ask("private")).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    const expired = await ask("private", { as: "alice", fault: "expired" });
    expect(expired).toMatchObject({ status: 401, challenge: expect.stringContaining('error="invalid_token"') });
    const bob = await ask("admin", { as: "bob" });
    expect(bob).toMatchObject({ status: 403, challenge: expect.stringContaining('scope="read:admin"') });
  });

  test("an accepted request reaches its handler, which knows whose it is", async () => {
    expect((await ask("public")).body).toEqual({ message: "Public endpoint" });
    const body = { message: "Private endpoint", user_id: "auth0|alice" };
    expect((await ask("private", { as: "alice" })).body).toEqual(body);
    expect((await ask("admin", { as: "alice" })).body).toEqual({ message: "Admin endpoint" });
  });
});
