// Answers for developers: with `explain: "development"` a refusal says cause and fix, expected and actual. Never in production.
import express from "express";
import fastify from "fastify";
import { describe, expect, test } from "vitest";
import { protect as protectExpress } from "../../src/adapters/express.js";
import { gatewarden } from "../../src/adapters/fastify.js";
import { protect as protectFetch } from "../../src/adapters/fetch.js";
import {
  AuthError,
  ConfigError,
  createGuard,
  type Decision,
  DependencyError,
  type Guard,
  permission,
} from "../../src/index.js";
import { audience, bearer, guardWith, options, token } from "../support/keys.js";
import { listen } from "../support/listen.js";
import { startRemote } from "../support/remote.js";

const development = { explain: "development" } as const;

async function explaining(changes: Parameters<typeof guardWith>[0] = {}): Promise<Guard<unknown>> {
  const guard = guardWith({ ...development, ...changes });
  await guard.ready();
  return guard;
}

async function bodyOf(guard: Guard<unknown>, made: string): Promise<object> {
  const outcome = await guard.attempt(bearer(made), permission("read:admin"));
  if (!(outcome instanceof AuthError)) throw new Error("It was accepted");
  return guard.refusal(outcome).body;
}

const wrong = token({ aud: `${audience}/` });
const explained = {
  reason: "audience_mismatch",
  cause: expect.stringContaining("only the slash at the end differs"),
  fix: expect.stringContaining("letter for letter"),
  expected: [audience],
  actual: `${audience}/`,
};

describe("The option", () => {
  test("is off by default: an answer holds error, description and reason, and nothing else", async () => {
    const guard = guardWith();
    await guard.ready();
    expect(guard.explainsRefusals).toBe(false);
    expect(Object.keys(await bodyOf(guard, wrong))).toEqual(["error", "error_description", "reason"]);
    expect(guard.explanation(new AuthError("expired"))).toBeUndefined();
  });

  test.each([
    ["the environment that was given", { NODE_ENV: "production" }],
    ["another spelling of it", { NODE_ENV: " Production" }],
  ])("refuses to switch on in production, by %s", (_name, env) => {
    const create = () => createGuard(options({ ...development, env }));
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(/^NODE_ENV is " ?[Pp]roduction" while explain is "development"/);
  });

  test("refuses to switch on where the process runs in production, whatever environment was given", () => {
    const before = process.env["NODE_ENV"];
    process.env["NODE_ENV"] = "production";
    try {
      expect(() => createGuard(options({ ...development, env: {} }))).toThrow(/^NODE_ENV is "production"/);
    } finally {
      process.env["NODE_ENV"] = before;
    }
  });

  test.each([true, "production", "Development", null])("refuses any other value: %j", (explain) => {
    const create = () => createGuard({ ...options(), explain } as never);
    expect(create).toThrow(`explain is ${JSON.stringify(explain)}`);
  });
});

describe("A refusal in development", () => {
  test("says cause, fix, expected and actual beside what it says anyway", async () => {
    const guard = await explaining();
    expect(guard.explainsRefusals).toBe(true);
    expect(await bodyOf(guard, wrong)).toEqual({
      error: "invalid_token",
      error_description: "The access token is for another audience",
      ...explained,
    });
  });

  test("keeps status and challenge as they are: only the body is for developers", async () => {
    const [plain, guard] = [guardWith(), await explaining()];
    const error = new AuthError("audience_mismatch", { details: { expected: [audience], actual: "x" } });
    const { body: _body, ...expected } = plain.refusal(error);
    const { body: _own, ...actual } = guard.refusal(error);
    expect(actual).toEqual(expected);
  });

  test("answers without the texts until they are loaded, rather than wait or fail", () => {
    const guard = guardWith(development);
    expect(guard.refusal(new AuthError("expired")).body).toEqual({
      error: "invalid_token",
      error_description: "The access token expired",
      reason: "expired",
    });
  });

  test("names the audience that a client should have requested", async () => {
    expect(await bodyOf(await explaining(), "opaque")).toMatchObject({
      reason: "token_opaque",
      fix: expect.stringContaining(`request the audience \`${audience}\``),
    });
  });

  test("names URL and status when the issuer's keys cannot be had", async () => {
    const remote = await startRemote(development);
    remote.server.on("/jwks", (_request, response) => void response.writeHead(500).end());
    const guard = remote.guard;
    await guard.ready().catch(() => undefined);
    expect(await bodyOf(guard, remote.token())).toMatchObject({
      reason: "keys_unavailable",
      cause: expect.stringContaining(`GET ${remote.server.origin}/jwks answered with status 500`),
    });
    await remote.server.close();
  });

  test("shows of an error that was not made here no more than its kind: its message may quote a token (CWE-532)", async () => {
    const decisions: Decision[] = [];
    const introspect = async (opaque: string) => {
      throw new RangeError(`POST /introspect token=${opaque} client_secret=s3cret failed with ECONNREFUSED`);
    };
    const guard = await explaining({ introspection: { introspect }, onDecision: (one) => decisions.push(one) });
    const body = await bodyOf(guard, "an-opaque-token");
    expect(body).toMatchObject({ reason: "introspection_unavailable", cause: expect.stringContaining("RangeError") });
    const text = JSON.stringify([body, decisions[0], await guard.explain("an-opaque-token")]);
    for (const secret of ["an-opaque-token", "s3cret"]) expect(text).not.toContain(secret);
  });

  test("shows what an error says that promises to quote nothing of a token", async () => {
    const introspect = async () => {
      const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
      throw new DependencyError("Introspection failed: fetch failed (ECONNREFUSED)", { cause });
    };
    expect(await bodyOf(await explaining({ introspection: { introspect } }), "an-opaque-token")).toMatchObject({
      cause: expect.stringContaining("fetch failed (ECONNREFUSED)"),
      fix: expect.stringContaining("Nothing listens there"),
    });
  });

  test("shows no token that stands in a claim, and no text without end", async () => {
    const guard = await explaining();
    const actual = [`see ${token()}`, "x".repeat(5000), ...Array.from({ length: 100 }, () => "y")];
    const text = JSON.stringify(guard.explanation(new AuthError("claim_mismatch", { details: { actual } })));
    const [header = "", payload = "", signature = ""] = token().split(".");
    for (const part of [header, payload, signature]) expect(text).not.toContain(part);
    expect(text.length).toBeLessThan(3000);
  });

  test("is in the decision that listeners get, for their log lines", async () => {
    const decisions: Decision[] = [];
    const guard = await explaining({ onDecision: (decision) => decisions.push(decision) });
    await guard.attempt(bearer(wrong));
    const { reason: _reason, ...explanation } = explained;
    expect(decisions).toEqual([expect.objectContaining({ outcome: "refused", explanation })]);
  });
});

describe("Through an adapter", () => {
  const headers = { authorization: `Bearer ${wrong}` };

  test("fetch answers with it", async () => {
    const handler = protectFetch(await explaining(), () => new Response("in"));
    const response = await handler(new Request("http://api.test/", { headers }));
    expect(await response.json()).toMatchObject(explained);
  });

  test("Express answers with it", async () => {
    const app = express().get(
      "/",
      protectExpress(await explaining()),
      (_request, response) => void response.send("in"),
    );
    const server = await listen(app);
    const response = await fetch(server.origin, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject(explained);
    await server.close();
  });

  test("Fastify keeps its own shape, adds cause and fix to it, and logs one line with them", async () => {
    const lines: string[] = [];
    const app = fastify({ logger: { stream: { write: (line: string) => lines.push(line) } } });
    await app.register(gatewarden, { guard: await explaining() });
    app.get("/", { auth: true }, () => "in");
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    const response = await fetch(origin, { headers });
    const { reason, ...explanation } = explained;
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      statusCode: 401,
      code: reason,
      error: "Unauthorized",
      message: "The access token is for another audience",
      ...explanation,
    });
    const logged = lines.map((line) => JSON.parse(line)).filter(({ reason: found }) => found !== undefined);
    expect(logged).toEqual([expect.objectContaining({ reason, ...explanation, msg: "request refused, explained" })]);
    for (const part of wrong.split(".")) expect(lines.join("")).not.toContain(part);
    await app.close();
  });

  test("Fastify leaves alone what is not the guard's refusal, and what is no JSON", async () => {
    const app = fastify();
    await app.register(gatewarden, { guard: await explaining() });
    app.get("/", { auth: true }, () => "in");
    app.get("/other", () => ({ cause: "mine" }));
    app.setErrorHandler((error: AuthError, _request, reply) =>
      reply.code(error.statusCode).type("text/plain").send("no"),
    );
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    expect(await (await fetch(`${origin}/other`, { headers })).json()).toEqual({ cause: "mine" });
    expect(await (await fetch(origin, { headers })).text()).toBe("no");
    await app.close();
  });
});

describe("The fix of an outage", () => {
  test.each<[string, object, string]>([
    ["a status", { status: 502 }, "The provider has a fault"],
    [
      "a code of the system, two causes deep",
      { cause: { cause: { code: "ENOTFOUND" } } },
      "DNS does not know the host",
    ],
    ["a code of TLS", { cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } }, "TLS failed"],
  ])("is chosen by %s, and not by what the error says", async (_name, data, fix) => {
    const introspect = async () => {
      throw Object.assign(new DependencyError("status 404, ECONNREFUSED"), data);
    };
    expect(await bodyOf(await explaining({ introspection: { introspect } }), "an-opaque-token")).toMatchObject({
      fix: expect.stringContaining(fix),
    });
  });
});
