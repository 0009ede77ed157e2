// gatewarden/lambda as it is deployed: one file by esbuild, CommonJS and ES module, whole and lean, in a process that is driven by
// Lambda's runtime API, on the versions of Node.js that Lambda offers. Keys come from an issuer over HTTP.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { build, type Format } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sender, type Sent, toEvent } from "../../../packages/gatewarden/test/adapters/_lambda-gateway.js";
import { createKey, forge } from "../../../packages/gatewarden/test/support/forge.js";
import {
  type IssuerServer,
  metadataPath,
  startIssuer,
} from "../../../packages/gatewarden/test/support/issuer-server.js";
import { type LambdaService, startFunction } from "./support/lambda-service.js";
import { folder } from "./support/scratch.js";

const key = createKey("RS256", "a");
const [leaves, belongs] = [process.env["CI"] !== "true", process.platform === "linux" && process.arch === "x64"];
const senders: readonly Sender[] = ["rest", "http", "alb", "alb-multi"];
const shapes: readonly [Format, string][] = [
  ["cjs", ""],
  ["esm", ""],
  ["cjs", "lean"],
  ["esm", "lean"],
];
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatewarden-lambda-"));
  const entryPoints = [join(folder, "run/function.mjs")];
  const common = { entryPoints, bundle: true, minify: true, platform: "node", logLevel: "error" } as const;
  for (const [format, lean] of shapes) {
    const conditions = lean ? ["gatewarden-lean"] : [];
    await build({ ...common, format, conditions, outfile: fileOf(format, lean) });
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const fileOf = (format: Format, lean: string) => join(scratch, `function${lean}.${format === "cjs" ? "cjs" : "mjs"}`);

describe.each([20, 22, 24])("Node.js %i", (major) => {
  const node = join(folder, `node_modules/node${major}/bin/node`);
  const isThere = existsSync(node);
  const title = isThere ? "runs" : "runs (not installed: npm ci --prefix matrix/runtimes)";
  const isLeftOut = !isThere && (leaves || !belongs);

  describe.skipIf(isLeftOut).each(shapes)(`${title} %s %s`, (format, lean) => {
    let issuer: IssuerServer;
    let service: LambdaService;
    beforeAll(async () => {
      issuer = await startIssuer();
      issuer.publish([key.jwk]);
      service = await startFunction(node, fileOf(format, lean), { ISSUER_URL: issuer.issuer });
    });
    afterAll(async () => {
      await service?.stop();
      await issuer?.close();
    });

    const ask = (sender: Sender, target: string, headers: Sent["headers"]) =>
      service.invoke(
        toEvent(sender, { method: "GET", target, host: "api.test", headers: [["Host", "api.test"], ...headers] }),
      );

    function bearer(claims: object = {}): readonly [string, string] {
      const iat = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer.issuer, aud: "https://api.test", sub: "alice", iat, exp: iat + 600, ...claims };
      return ["Authorization", `Bearer ${forge({ header: { alg: "RS256", kid: "a" }, payload, key })}`];
    }

    test.each(senders)("a function that takes the events of %s", async (sender) => {
      const accepted = await ask(sender, "/private", [bearer()]);
      expect(accepted).toEqual({ kind: "response", result: { statusCode: 200, body: '{"user":"alice"}' } });
      const admin = await ask(sender, "/admin", [bearer({ permissions: ["read:admin"] })]);
      expect(admin.result.statusCode).toBe(200);
      const lacking = await ask(sender, "/admin", [bearer()]);
      expect([lacking.result.statusCode, JSON.parse(lacking.result.body).reason]).toEqual([403, "permission_missing"]);
      const { result } = await ask(sender, "/private", []);
      expect(result.statusCode).toBe(401);
      const { headers = {}, multiValueHeaders = {}, statusDescription } = result;
      const challenges = [headers["www-authenticate"] ?? multiValueHeaders["www-authenticate"]].flat().join(", ");
      expect(challenges).toMatch(/^Bearer realm="api", DPoP realm="api", algs="/);
      expect(statusDescription).toBe(sender.startsWith("alb") ? "401 Unauthorized" : undefined);
      expect(issuer.count(metadataPath)).toBe(1);
    });

    test("a function whose issuer changes its keys, and is gone", async () => {
      const fresh = createKey("ES256", "fresh");
      issuer.publish([key.jwk, fresh.jwk]);
      const iat = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer.issuer, aud: "https://api.test", sub: "bob", iat, exp: iat + 600 };
      const token = forge({ header: { alg: "ES256", kid: "fresh" }, payload, key: fresh });
      const rotated = await ask("http", "/private", [["Authorization", `Bearer ${token}`]]);
      expect(rotated.result.statusCode).toBe(200);
      issuer.on("/jwks", (_request, response) => void response.writeHead(500).end());
      expect((await ask("rest", "/private", [bearer()])).result.statusCode).toBe(200);
    });

    test("a function that was invoked with something else: an error, and the next event is answered", async () => {
      const wrong = await service.invoke({ Records: [{ eventSource: "aws:sqs" }] });
      expect(wrong).toMatchObject({ kind: "error", result: { errorType: "ConfigError" } });
      expect((await ask("http", "/private", [bearer()])).result.statusCode).toBe(200);
    });
  });
});
