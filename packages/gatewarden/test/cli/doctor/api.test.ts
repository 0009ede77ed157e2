// A running API: the example, which is well protected, and servers that are protected badly in one way at a time.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Example, startExample } from "../../../../../examples/fastify/test/support/example.js";
import { protect } from "../../../src/adapters/node.js";
import type { DoctorCode } from "../../../src/cli/doctor/catalogue/catalogue.js";
import { createGuard } from "../../../src/index.js";
import { type Listening, listen, listenWith } from "../../adapters/support/listen.js";
import { createIdentity } from "../../support/certificates.js";
import { examine, expectFinding } from "./_examine.js";

const origin = "https://app.acme.test";

let example: Example;
beforeAll(async () => {
  example = await startExample({ CORS_ORIGINS: origin });
});
afterAll(() => example.close());

const servers: Listening[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const examineApi = (url: string, ...args: string[]) =>
  examine({
    env: { ISSUER_BASE_URL: example.tenant.issuer, AUDIENCE: example.tenant.audience },
    args: ["--url", url, ...args],
  });

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Examines an API of a few lines. */
async function examineHandler(handler: Handler, ...args: string[]) {
  const server = await listen(handler);
  servers.push(server);
  const url = `${server.origin}/api`;
  return { url, seen: await examineApi(url, ...args) };
}

interface Refusing {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}

function refuse(response: ServerResponse, { status = 401, headers = {}, body = "{}" }: Refusing = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

/** What a good API answers: a challenge, with the error only where something was sent, and 400 for two headers. */
const good: Handler = (request, response) => {
  const sent = request.headersDistinct["authorization"] ?? [];
  if (sent.length > 1) return refuse(response, { status: 400 });
  const challenge = sent.length === 0 ? "Bearer" : 'Bearer error="invalid_token"';
  refuse(response, { headers: { "www-authenticate": challenge } });
};

describe("A well protected API", () => {
  it("has no findings but that it is on this machine", async () => {
    const seen = await examineApi(`${example.url}/api/private`, "--origin", origin);
    expect(seen.codes).toEqual([]);
    expectFinding(seen, "api_http_loopback", `${example.url}/api/private`);
    expect(seen.exitCode).toBe(0);
    expect(seen.checks.filter(({ title }) => title.startsWith("API")).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 7 }, () => "ok"),
    );
  });

  it("is asked with bad tokens only", async () => {
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
  it.each<[string, Refusing, DoctorCode, string]>([
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
    expect(seen.codes).toEqual([code]);
    expect(seen.exitCode).toBe(1);
    expect(seen.out).not.toContain("s3cret");
  });

  it.each<[string, Refusing, DoctorCode, string]>([
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
  it.each<[string, Refusing, DoctorCode, string]>([
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

  it("200 when they only look right, since it decodes without verifying, is found out", async () => {
    const { seen } = await examineHandler((request, response) => {
      const [, payload = ""] = (request.headers.authorization ?? "").split(".");
      try {
        const { aud } = JSON.parse(Buffer.from(payload, "base64url").toString());
        if (aud === example.tenant.audience) return refuse(response, { status: 200 });
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
  it.each(["access_token", "token"])("as %s is found out without a good one", async (name) => {
    const { url, seen } = await examineHandler((request, response) => {
      const given = new URL(request.url ?? "", "http://api").searchParams.get(name);
      if (given !== null) return refuse(response, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
      good(request, response);
    });
    expect(expectFinding(seen, "api_query_token", name).message).toContain(url);
    expect(seen.codes).toEqual(["api_query_token"]);
  });

  it("and says so only in the body is found out too", async () => {
    const { seen } = await examineHandler((request, response) => {
      const isGiven = request.headers.authorization !== undefined || request.url?.includes("access_token=");
      refuse(response, {
        headers: { "www-authenticate": "Bearer" },
        body: JSON.stringify({ message: isGiven ? "Invalid token" : "No token", requestId: Math.random() }),
      });
    });
    expectFinding(seen, "api_query_token", "access_token");
  });

  it("cannot be told from one that answers all alike", async () => {
    const { url, seen } = await examineHandler((_request, response) =>
      refuse(response, { headers: { "www-authenticate": "Bearer" } }),
    );
    expectFinding(seen, "api_query_unclear", url);
  });

  it("only to refuse such requests does right", async () => {
    const { seen } = await examineHandler((request, response) =>
      request.url?.includes("token=") ? refuse(response, { status: 400 }) : good(request, response),
    );
    expect(seen.codes).toEqual([]);
  });
});

describe("Two Authorization headers", () => {
  it.each([401, 200])("that are answered with %d are a warning", async (status) => {
    const { url, seen } = await examineHandler((request, response) => {
      const sent = request.headersDistinct["authorization"] ?? [];
      if (sent.length < 2) return good(request, response);
      refuse(response, { status, headers: { "www-authenticate": 'Bearer error="invalid_token"' } });
    });
    expect(expectFinding(seen, "api_two_headers", url).message).toContain(String(status));
    expect(seen.codes).toEqual(["api_two_headers"]);
  });
});

describe("CORS", () => {
  const allow = { "access-control-allow-origin": origin, "access-control-allow-headers": "Authorization" };
  const expose = { "access-control-allow-origin": origin, "access-control-expose-headers": "WWW-Authenticate" };

  /** An API that adds these headers to preflights and to refusals. */
  const withCors =
    (preflight: Refusing, refusal: Record<string, string>): Handler =>
    (request, response) => {
      if (request.method === "OPTIONS") return refuse(response, { status: 204, body: "", ...preflight });
      for (const [name, value] of Object.entries(refusal)) response.setHeader(name, value);
      good(request, response);
    };

  it("that is right has no findings", async () => {
    const { seen } = await examineHandler(withCors({ headers: allow }, expose), "--origin", origin);
    expect(seen.codes).toEqual([]);
  });

  it("is not looked at without an origin", async () => {
    const { seen } = await examineHandler(good);
    expect(seen.checks.map(({ title }) => title)).not.toContain("API: CORS");
  });

  it.each<[string, Refusing, Record<string, string>, DoctorCode, string]>([
    ["a preflight that needs a token", { status: 401 }, expose, "api_preflight_refused", "401"],
    ["a preflight that is redirected", { status: 301, headers: allow }, expose, "api_preflight_refused", "301"],
    ["a preflight without consent", {}, expose, "api_origin_not_allowed", "absent"],
    [
      "a preflight for another origin",
      { headers: { ...allow, "access-control-allow-origin": "https://other.test" } },
      expose,
      "api_origin_not_allowed",
      "https://other.test",
    ],
    [
      "a preflight without the header",
      { headers: { ...allow, "access-control-allow-headers": "Content-Type" } },
      expose,
      "api_header_not_allowed",
      "Content-Type",
    ],
    [
      "a preflight with any header, which does not mean this one",
      { headers: { ...allow, "access-control-allow-headers": "*" } },
      expose,
      "api_header_not_allowed",
      "*",
    ],
    ["a refusal that the page cannot read", { headers: allow }, {}, "api_refusal_without_cors", origin],
    [
      "a refusal whose challenge the page cannot read",
      { headers: allow },
      { "access-control-allow-origin": "*" },
      "api_challenge_hidden",
      "WWW-Authenticate",
    ],
  ])("with %s is found out", async (_name, preflight, refusal, code, value) => {
    const { url, seen } = await examineHandler(withCors(preflight, refusal), "--origin", origin);
    expect(expectFinding(seen, code, url).message).toContain(value);
    expect(seen.codes).toEqual([code]);
  });

  it("that lets any page in with credentials is found out", async () => {
    const echo: Handler = (request, response) => {
      response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
      response.setHeader("access-control-allow-credentials", "true");
      response.setHeader("access-control-allow-headers", "Authorization");
      response.setHeader("access-control-expose-headers", "WWW-Authenticate");
      return request.method === "OPTIONS" ? void response.writeHead(204).end() : good(request, response);
    };
    const { url, seen } = await examineHandler(echo, "--origin", origin);
    expectFinding(seen, "api_any_origin", url);
    expect(seen.codes).toEqual(["api_any_origin"]);
  });

  it("must let pages send proofs and read nonces where DPoP is offered", async () => {
    const { seen } = await examineHandler(
      (request, response) => {
        if (request.method === "OPTIONS") return void response.writeHead(204, allow).end();
        for (const [name, value] of Object.entries(expose)) response.setHeader(name, value);
        refuse(response, { headers: { "www-authenticate": ["Bearer", 'DPoP algs="ES256"'] } });
      },
      "--origin",
      origin,
    );
    expectFinding(seen, "api_header_not_allowed", "DPoP");
    expectFinding(seen, "api_challenge_hidden", "DPoP-Nonce");
  });
});

describe("Metadata of the API", () => {
  /** An API that serves its metadata at `/metadata`. */
  async function examineMetadata(document: unknown, address = "/metadata") {
    const server = createServer((request, response) => {
      if (request.url === "/metadata") {
        return document === undefined
          ? refuse(response, { status: 404 })
          : refuse(response, { status: 200, body: JSON.stringify(document) });
      }
      const base = `http://${request.headers.host}`;
      const named = URL.canParse(address) ? address : `${base}${address}`;
      const error = request.headers.authorization ? ', error="invalid_token"' : "";
      const sent = request.headersDistinct["authorization"] ?? [];
      const challenge = `Bearer resource_metadata="${named}"${error}`;
      refuse(response, { status: sent.length > 1 ? 400 : 401, headers: { "www-authenticate": challenge } });
    });
    const listening = await listenWith(server);
    servers.push(listening);
    return { base: listening.origin, seen: await examineApi(`${listening.origin}/api`) };
  }

  it("of an API behind the guard is right", async () => {
    const server = createServer();
    const listening = await listenWith(server);
    servers.push(listening);
    const { issuer, audience } = example.tenant;
    const guard = createGuard({ issuer, audience, resource: listening.origin });
    const published = guard.metadata() ?? { path: "", url: "", headers: {}, body: undefined };
    const protectedHandler = protect(guard, (_request, response) => void response.end());
    server.on("request", (request, response) => {
      if (request.url !== published.path) return protectedHandler(request, response);
      response.writeHead(200, published.headers).end(JSON.stringify(published.body));
    });
    const seen = await examineApi(`${listening.origin}/api`);
    expect(seen.codes).toEqual([]);
    expect(seen.checks.find(({ title }) => title === "API: metadata")?.note).toBe(published.url);
  });

  it("that is not there is found out", async () => {
    const { base, seen } = await examineMetadata(undefined);
    expect(expectFinding(seen, "api_metadata_unreachable", `${base}/metadata`).message).toContain("404");
    expect(seen.codes).toEqual(["api_metadata_unreachable"]);
  });

  it("over plain http elsewhere is not fetched", async () => {
    const { seen } = await examineMetadata({}, "http://api.acme.test/metadata");
    expectFinding(seen, "api_metadata_address", "http://api.acme.test/metadata");
  });

  it("for another resource is found out", async () => {
    const document = { resource: "https://api.acme.test", authorization_servers: [example.tenant.issuer] };
    const { base, seen } = await examineMetadata(document);
    expectFinding(seen, "api_metadata_resource", "https://api.acme.test");
    expect(seen.findings.find(({ code }) => code === "api_metadata_resource")).toMatchObject({ expected: base });
    expect(seen.codes).toEqual(["api_metadata_resource"]);
  });

  it("that names another issuer is found out", async () => {
    const { base, seen } = await examineMetadata({ resource: "x", authorization_servers: ["https://other.test/"] });
    expectFinding(seen, "api_metadata_issuer", "https://other.test/", example.tenant.issuer);
    expect(base).toContain("http://");
  });
});

describe("An API that does not answer", () => {
  it("since nothing listens is told so", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const seen = await examineApi(`${closed.origin}/api?key=s3cret`);
    expect(expectFinding(seen, "api_no_answer", `${closed.origin}/api`).message).toContain("ECONNREFUSED");
    expect(seen.codes).toEqual(["api_no_answer"]);
    expect(seen.out).not.toContain("s3cret");
  });

  it("in time is told so", async () => {
    const { url, seen } = await examineHandler(() => {}, "--timeout", "0.3");
    expect(expectFinding(seen, "api_no_answer", url).message).toContain("ETIMEDOUT");
  });

  it("with a certificate that is believed is told so", async () => {
    const server = createHttpsServer(createIdentity("api.acme.test"), good);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    const seen = await examineApi(url);
    expect(expectFinding(seen, "api_no_answer", url).message).toContain("self-signed");
    await new Promise((resolve) => server.close(resolve));
  });

  it("under https elsewhere is an error, which it is not on this machine", async () => {
    const seen = await examineApi("http://nobody.gatewarden.invalid/api");
    expectFinding(seen, "api_http", "http://nobody.gatewarden.invalid/api");
    expect(seen.codes).toEqual(["api_http", "api_no_answer"]);
  });
});
