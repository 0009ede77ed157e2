// examples/nest, letter for letter, on Nest 11 and the packed library. The example itself runs Nest 12.
import { join } from "node:path";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { http } from "../../../scripts/lib/examples/http.mjs";
import { createProject, locate, type Project } from "../../consumers/test/support/project.js";
import { type Served, serveProject } from "../../consumers/test/support/served.js";

const here = locate("matrix/nest-11");
const source = join(here.folder, "../../examples/nest/src/main.ts");

describe.skipIf(here.isLeftOut)(here.titleOf("routes on Nest 11"), () => {
  let project: Project;
  let tenant: Tenant;
  let server: Served;

  beforeAll(async () => {
    project = await createProject("gateway", { from: here, packages: here.allPackages() });
    await build({ entryPoints: [source], outfile: join(project.folder, "example.mjs"), logLevel: "error" });
    tenant = await createTenant({ port: 0 });
    server = await serveProject(project.folder, "example.mjs", tenant);
  });
  afterAll(async () => {
    await server?.stop();
    await tenant?.close();
    project?.remove();
  });

  async function ask(operation: "public" | "private" | "admin", request?: TokenRequest) {
    const token = request && (await tenant.token(request)).access_token;
    return http.ask({ url: server.url, operation, token });
  }

  test("are refused without a token or the permission, with status and challenge", async () => {
    expect(await ask("private")).toMatchObject({ status: 401, challenge: 'Bearer realm="api"' });
    const bob = await ask("admin", { as: "bob" });
    expect(bob).toMatchObject({ status: 403, challenge: expect.stringContaining('scope="read:admin"') });
  });

  test("answer a valid token, and everybody where they are public", async () => {
    expect((await ask("public")).body).toEqual({ message: "Public endpoint" });
    expect((await ask("private", { as: "alice" })).body).toMatchObject({ user_id: "auth0|alice" });
    expect((await ask("admin", { as: "alice" })).body).toEqual({ message: "Admin endpoint" });
  });
});
