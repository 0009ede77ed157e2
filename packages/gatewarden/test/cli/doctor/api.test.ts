// A running API: the example, which is well protected, and servers that are protected badly in one way at a time.
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { protect } from "../../../src/adapters/node.js";
import type { DoctorCode } from "../../../src/cli/doctor/catalogue/catalogue.js";
import { createGuard } from "../../../src/index.js";
import { createIdentity } from "../../support/certificates.js";
import { listen } from "../../support/listen.js";
import { good, openClinic, origin, type Refusing, refuse } from "./_api.js";
import { examine, expectFinding } from "./_examine.js";

/** Of `examples/fastify`. Not imported by name: what it declares about the guard of all Fastify routes would hold for every test here. */
interface Example {
  readonly url: string;
  readonly tenant: Tenant;
  close(): Promise<void>;
}

const exampleFile = new URL("../../../../../examples/fastify/test/support/example.ts", import.meta.url).href;
const { startExample }: { startExample(env: Record<string, string>): Promise<Example> } = await import(exampleFile);

const { tenant, examineApi, examineHandler } = openClinic();

describe("A well protected API", () => {
  let example: Example;
  beforeAll(async () => {
    example = await startExample({ CORS_ORIGINS: origin });
  });
  afterAll(() => example.close());

  test("has no findings but that it is on this machine", async () => {
    const { issuer, audience } = example.tenant;
    const env = { ISSUER_BASE_URL: issuer, AUDIENCE: audience };
    const seen = await examine({ env, args: ["--url", `${example.url}/api/private`, "--origin", origin] });
    expect(seen.codes).toEqual([]);
    expectFinding(seen, "api_http_loopback", `${example.url}/api/private`);
    expect(seen.exitCode).toBe(0);
    expect(seen.checks.filter(({ title }) => title.startsWith("API")).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 8 }, () => "ok"),
    );
  });

  test.each(["allowed", "required"] as const)("may have DPoP %s", async (mode) => {
    const { issuer, audience } = tenant();
    const guard = createGuard({ issuer, audience, dpop: { mode } });
    const { seen } = await examineHandler(protect(guard, (_request, response) => void response.end()));
    expect(seen.codes).toEqual([]);
  });

  test("is asked with bad tokens only", async () => {
    const tokens: string[] = [];
    await examineHandler((request, response) => {
      tokens.push(...(request.headersDistinct["authorization"] ?? []));
      good(request, response);
    });
    expect(tokens.length).toBeGreaterThan(3);
    for (const token of tokens) {
      const response = await fetch(`${example.url}/api/private`, { headers: { authorization: token } });
      expect(response.status).toBe(401);
    }
  });
});

describe("An API that answers a request without a token with", () => {
  test.each<[string, Refusing, DoctorCode, string]>([
    ["200", { status: 200 }, "api_open", "200"],
    ["302", { status: 302, headers: { location: "/login?next=s3cret" } }, "api_redirects", "/login"],
    ["403", { status: 403 }, "api_wrong_status", "403"],
    ["400", { status: 400 }, "api_wrong_status", "400"],
    ["404", { status: 404 }, "api_not_found", "404"],
    ["405", { status: 405 }, "api_not_found", "405"],
    ["500", { status: 500 }, "api_server_error", "500"],
    ["503", { status: 503 }, "api_unavailable", "503"],
  ])("%s is found out", async (_name, answer, code, value) => {
    const { url, seen } = await examineHandler((_request, response) => refuse(response, answer));
    expect(expectFinding(seen, code, url).message).toContain(value);
    // A refusal with the wrong status is questioned further; without a refusal there is nothing to ask.
    expect(seen.codes[0]).toBe(code);
    expect(seen.codes.length > 1).toBe(["403", "400", "500"].includes(value));
    expect(seen.exitCode).toBe(1);
    expect(seen.out).not.toContain("s3cret");
  });

  test.each<[string, Refusing, DoctorCode, string]>([
    ["no challenge", { headers: {} }, "api_challenge_missing", "WWW-Authenticate"],
    ["a challenge that is none", { headers: { "www-authenticate": 'realm="x"' } }, "api_challenge_malformed", "realm"],
    ["a challenge for Basic", { headers: { "www-authenticate": "Basic realm=x" } }, "api_challenge_scheme", "basic"],
    [
      "an error in the challenge",
      { headers: { "www-authenticate": 'Bearer error="invalid_token"' } },
      "api_challenge_error",
      "invalid_token",
    ],
    ["a web page", { headers: { "content-type": "text/html" }, body: "<h1>401</h1>" }, "api_body_html", "JSON"],
    ["text", { headers: { "content-type": "text/plain" }, body: "Unauthorized" }, "api_body_not_json", "text/plain"],
    [
      "a stack trace",
      { body: JSON.stringify({ stack: "Error: no\n    at check (/srv/app/auth.js:12:3)" }).replaceAll("\\n", "\n") },
      "api_body_stack",
      "stack trace",
    ],
    ["a stack trace in JSON", { body: JSON.stringify({ stack: new Error("x").stack }) }, "api_body_stack", "stack"],
  ])("%s is found out", async (_name, answer, code, value) => {
    const { url, seen } = await examineHandler((_request, response) => refuse(response, answer));
    expect(expectFinding(seen, code, url, "").message).toContain(value);
  });
});

describe("An API that answers bad tokens with", () => {
  test.each<[string, Refusing, DoctorCode, string]>([
    ["200", { status: 200 }, "api_accepts_forged", "200"],
    ["500", { status: 500 }, "api_token_crashes", "500"],
    ["403", { status: 403 }, "api_token_status", "403"],
    ["503", { status: 503 }, "api_unavailable", "503"],
    ["a bare challenge", { headers: { "www-authenticate": "Bearer" } }, "api_token_error", "no error"],
    [
      "another error",
      { headers: { "www-authenticate": 'Bearer error="invalid_request"' } },
      "api_token_error",
      'error="invalid_request"',
    ],
  ])("%s is found out for each of them", async (_name, answer, code, value) => {
    const { url, seen } = await examineHandler((request, response) =>
      request.headers.authorization ? refuse(response, answer) : good(request, response),
    );
    const own = seen.findings.filter((finding) => finding.code === code);
    expect(own).toHaveLength(3);
    for (const { message, fix } of own) {
      expect(message).toContain(value);
      expect(`${message} ${fix}`).toContain(url);
    }
    if (code !== "api_unavailable") expect(own[1]?.message).toContain("alg none");
  });

  test("200 when they only look right, since it decodes without verifying, is found out", async () => {
    const { seen } = await examineHandler((request, response) => {
      const [, payload = ""] = (request.headers.authorization ?? "").split(".");
      try {
        const { aud } = JSON.parse(Buffer.from(payload, "base64url").toString());
        if (aud === tenant().audience) return refuse(response, { status: 200 });
      } catch {
        // Refused below.
      }
      good(request, response);
    });
    const own = seen.findings.filter(({ code }) => code === "api_accepts_forged");
    expect(own.map(({ message }) => message)).toEqual([
      expect.stringContaining("an unsigned token (alg none)"),
      expect.stringContaining("a token with a forged signature"),
    ]);
  });
});

describe("An API that takes tokens from the query", () => {
  test.each(["access_token", "token"])("as %s is found out without a good one", async (name) => {
    const { url, seen } = await examineHandler((request, response) => {
      const given = new URL(request.url ?? "", "http://api").searchParams.get(name);
      if (given !== null) return refuse(response, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
      good(request, response);
    });
    expect(expectFinding(seen, "api_query_token", name).message).toContain(url);
    expect(seen.codes).toEqual(["api_query_token"]);
  });

  test("and says so only in the body is found out too", async () => {
    const { seen } = await examineHandler((request, response) => {
      const isGiven = request.headers.authorization !== undefined || request.url?.includes("access_token=");
      refuse(response, {
        headers: { "www-authenticate": "Bearer" },
        body: JSON.stringify({ message: isGiven ? "Invalid token" : "No token", requestId: Math.random() }),
      });
    });
    expectFinding(seen, "api_query_token", "access_token");
  });

  test("cannot be told from one that answers all alike", async () => {
    const { url, seen } = await examineHandler((_request, response) =>
      refuse(response, { headers: { "www-authenticate": "Bearer" } }),
    );
    expectFinding(seen, "api_query_unclear", url);
  });

  test("only to refuse such requests does right", async () => {
    const { seen } = await examineHandler((request, response) =>
      request.url?.includes("token=") ? refuse(response, { status: 400 }) : good(request, response),
    );
    expect(seen.codes).toEqual([]);
  });
});

describe("Two Authorization headers", () => {
  test.each([401, 200])("that are answered with %d are a warning", async (status) => {
    const { url, seen } = await examineHandler((request, response) => {
      const sent = request.headersDistinct["authorization"] ?? [];
      if (sent.length < 2) return good(request, response);
      refuse(response, { status, headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
    });
    expect(expectFinding(seen, "api_two_headers", url).message).toContain(String(status));
    expect(seen.codes).toEqual(["api_two_headers"]);
  });
});

describe("An API that does not answer", () => {
  test("one of the questions is told so", async () => {
    const { url, seen } = await examineHandler((request, response) => {
      if ((request.headersDistinct["authorization"] ?? []).length > 1) request.socket.destroy();
      else good(request, response);
    });
    expect(expectFinding(seen, "api_no_answer", url).message).toContain("ECONNRESET");
    expect(seen.codes).toEqual(["api_no_answer"]);
  });

  test("since nothing listens is told so", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const seen = await examineApi(`${closed.origin}/api?key=s3cret`);
    expect(expectFinding(seen, "api_no_answer", `${closed.origin}/api`).message).toContain("ECONNREFUSED");
    expect(seen.codes).toEqual(["api_no_answer"]);
    expect(seen.out).not.toContain("s3cret");
  });

  test("in time is told so", async () => {
    const { url, seen } = await examineHandler(() => {}, "--timeout", "0.3");
    expect(expectFinding(seen, "api_no_answer", url).message).toContain("ETIMEDOUT");
  });

  test("with a certificate that is believed is told so", async () => {
    const server = createHttpsServer(createIdentity("api.acme.test"), good);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    const seen = await examineApi(url);
    expect(expectFinding(seen, "api_no_answer", url).message).toContain("self-signed");
    await new Promise((resolve) => server.close(resolve));
  });

  test("under https elsewhere is an error, which it is not on this machine", async () => {
    const seen = await examineApi("http://nobody.gatewarden.invalid/api");
    expectFinding(seen, "api_http", "http://nobody.gatewarden.invalid/api");
    expect(seen.codes).toEqual(["api_http", "api_no_answer"]);
  });
});
