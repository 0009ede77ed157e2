// The packed library in a real Next.js: built without the server's environment, then started with it.
// Its edge runtime throws where it is asked for what Node.js has (vercel/next.js#98226).
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey, forge } from "../../../packages/gatewarden/test/support/forge.js";
import { type IssuerServer, startIssuer } from "../../../packages/gatewarden/test/support/issuer-server.js";
import { createProject, locate, type Project, type Run } from "../../consumers/test/support/project.js";
import { end } from "../../runtimes/test/support/runtime.js";

const here = locate("matrix/next");
// A build takes a quarter of a minute, and on a busy machine several.
const timeout = 600_000;
const next = join("node_modules", "next", "dist", "bin", "next");
process.env["NEXT_TELEMETRY_DISABLED"] = "1";

const key = createKey("ES256", "key");
const stranger = createKey("ES256", "key");
const seconds = Math.floor(Date.now() / 1000);

interface Server {
  readonly process: ChildProcess;
  readonly origin: string;
  /** What it has printed. */
  readonly output: () => string;
}

function start(folder: string, env: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, NEXT_TELEMETRY_DISABLED: "1", ...env },
  });
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: unknown) => {
      output += String(chunk);
      const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (origin !== undefined && output.includes("Ready")) resolve({ process: child, origin, output: () => output });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`next start ended with ${code}: ${output}`)));
  });
}

describe.skipIf(here.isLeftOut)(here.titleOf("an application of Next.js"), () => {
  let project: Project;
  let built: Run;
  let issuer: IssuerServer;
  const token = (signer = key) => {
    const payload = {
      iss: issuer.issuer,
      aud: "https://api.test",
      sub: "alice",
      iat: seconds - 60,
      exp: seconds + 7200,
    };
    return forge({ header: { alg: "ES256", kid: "key" }, payload, key: signer });
  };

  beforeAll(async () => {
    issuer = await startIssuer();
    issuer.publish([key.jwk]);
    project = await createProject("app", { from: here, packages: here.allPackages() });
    built = await project.run(next, "build");
  }, timeout);
  afterAll(async () => {
    await issuer?.close();
    project?.remove();
  });

  test("is built without an environment, and without a complaint about the library", () => {
    expect([built.code, built.output]).toEqual([0, expect.stringContaining("/api/edge")]);
    expect(built.output).not.toMatch(/gatewarden|not supported in the Edge Runtime/i);
  });

  describe("that has its environment when it starts", () => {
    let server: Server;
    beforeAll(async () => {
      server = await start(project.folder, { ISSUER: issuer.issuer, AUDIENCE: "https://api.test", AUTH0_DOMAIN: "" });
    }, timeout);
    afterAll(() => server && end(server.process));

    const get = (path: string, bearer?: string) =>
      fetch(
        `${server.origin}/api/${path}`,
        bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } },
      );

    test.each([
      ["edge", { runtime: "edge", subject: "alice" }],
      ["node", { runtime: "node", subject: "alice" }],
      ["behind", { runtime: "behind" }],
    ])("/api/%s lets a token in, and no other", async (path, answer) => {
      const accepted = await get(path, token());
      expect([accepted.status, await accepted.json()]).toEqual([200, answer]);
      const anonymous = await get(path);
      expect([anonymous.status, anonymous.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="api"']);
      const forged = await get(path, token(stranger));
      expect([forged.status, await forged.json()]).toEqual([
        401,
        expect.objectContaining({ reason: "signature_invalid" }),
      ]);
    });

    test("a page knows who asks", async () => {
      const page = (bearer: string) =>
        fetch(`${server.origin}/page`, { headers: { authorization: `Bearer ${bearer}` } });
      expect(await (await page(token())).text()).toContain("alice!");
      expect(await (await page(token(stranger))).text()).toContain("signature_invalid!");
    });

    test("is healthy, and warns of nothing", async () => {
      expect(await (await get("health")).json()).toEqual({ status: "ready", reasons: [] });
      expect(server.output()).not.toMatch(/gatewarden/i);
    });
  });

  describe("that has none", () => {
    let server: Server;
    beforeAll(async () => {
      server = await start(project.folder, {});
    }, timeout);
    afterAll(() => server && end(server.process));

    test.each(["edge", "node", "behind"])("/api/%s lets nothing in: 500", async (path) => {
      const answer = await fetch(`${server.origin}/api/${path}`, { headers: { authorization: `Bearer ${token()}` } });
      expect([answer.status, await answer.json()]).toEqual([500, expect.objectContaining({ reason: "check_failed" })]);
    });

    test("health and a warning say which variable is missing", async () => {
      const answer = await fetch(`${server.origin}/api/health`);
      const reasons = [expect.stringContaining("AUTH0_DOMAIN is not set, nor is ISSUER_BASE_URL")];
      expect(await answer.json()).toEqual({ status: "not ready", reasons });
      expect(server.output()).toContain("AUTH0_DOMAIN is not set, nor is ISSUER_BASE_URL");
    });
  });
});
