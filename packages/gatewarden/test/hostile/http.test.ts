// Hostile HTTP on raw sockets against the Fastify plugin: every request gets its own right answer, and the process lives on.
import fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { gatewarden } from "../../src/adapters/fastify.js";
import { createGuard, type Guard, permission } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { encode } from "../support/forge.js";
import { gate, json, startIssuer } from "../support/issuer-server.js";
import { claims, ec, options, stranger, token } from "../support/keys.js";
import { createRandom } from "../support/random.js";
import { startRemote } from "../support/remote.js";
import { exchange, openWire, readAnswers, requestText, valuesOf, type WireAnswer } from "./_wire.js";

const guard = createGuard(options());
const alice = token({ sub: "alice" });
const bob = token({ sub: "bob" });
const forged = token({ sub: "mallory" }, { key: stranger });
const auth = (credentials: string) => `Authorization: Bearer ${credentials}`;

const faults: unknown[] = [];
const collect = (fault: unknown) => void faults.push(fault);
const running: FastifyInstance[] = [];
let port: number;

async function startApp(settings: FastifyServerOptions = {}, by: Guard<unknown> = guard): Promise<FastifyInstance> {
  const app = fastify(settings);
  running.push(app);
  await app.register(gatewarden, { guard: by });
  app.get("/private", { auth: true }, (request) => ({ secret: request.auth.subject }));
  app.post("/private", { auth: true }, (request) => ({ secret: request.auth.subject }));
  app.get("/admin/keys", { auth: permission("read:keys") }, () => ({ secret: "keys" }));
  app.get("/files/*", { auth: true }, () => ({ secret: "file" }));
  app.get("/public", () => ({ hello: "world" }));
  app.post("/public", () => ({ hello: "world" }));
  await app.listen({ host: "127.0.0.1", port: 0 });
  return app;
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

async function answerTo(bytes: string, at = port): Promise<WireAnswer> {
  const [answer] = await exchange(at, bytes);
  if (!answer) throw new Error("The server closed without an answer");
  return answer;
}

const codeOf = ({ body }: WireAnswer): unknown => (JSON.parse(body) as { code?: unknown }).code;
const subjectOf = ({ body }: WireAnswer): unknown => (JSON.parse(body) as { secret?: unknown }).secret;

async function expectAlive(at = port): Promise<void> {
  const answer = await answerTo(requestText("/private", [auth(alice)]), at);
  expect([answer.status, subjectOf(answer)]).toEqual([200, "alice"]);
}

beforeAll(async () => {
  process.on("unhandledRejection", collect).on("uncaughtException", collect);
  port = portOf(await startApp());
});

afterEach(async () => {
  await expectAlive();
  expect(faults).toEqual([]);
});

afterAll(async () => {
  for (const app of running) {
    // What the attackers dropped was let go of.
    await vi.waitFor(async () => expect(await connectionsOf(app)).toBe(0), 10_000);
    await app.close();
  }
  process.off("unhandledRejection", collect).off("uncaughtException", collect);
});

function connectionsOf(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

describe("Several Authorization headers", () => {
  test.each([
    ["the same good one twice", [auth(alice), auth(alice)]],
    ["a good and a bad one", [auth(alice), auth(forged)]],
    ["a bad and a good one", [auth(forged), auth(alice)]],
    ["two people's", [auth(alice), auth(bob)]],
    ["an empty and a good one", ["Authorization:", auth(alice)]],
    ["different spellings of the name", [auth(alice), auth(bob).replace("Authorization", "AUTHORIZATION")]],
    ["another scheme and a good one", ["Authorization: Basic YTpi", auth(alice)]],
    ["two joined by a comma", [`Authorization: Bearer ${alice}, Bearer ${bob}`]],
    ["two far apart", [auth(alice), ...Array.from({ length: 300 }, (_, n) => `X-${n}: x`), auth(bob)]],
  ])("are refused: %s", async (_name, lines) => {
    const answer = await answerTo(requestText("/private", lines));
    expect([answer.status, codeOf(answer)]).toEqual([400, "credentials_multiple"]);
    expect(valuesOf(answer, "www-authenticate")[0]).toContain('error="invalid_request"');
  });
});

describe("A header that is not well formed", () => {
  test.each([
    ["folded after the scheme", `Authorization: Bearer\r\n ${alice}`],
    ["folded within the token", `Authorization: Bearer ${alice.slice(0, 20)}\r\n ${alice.slice(20)}`],
    ["folded with a tab", `Authorization: Bearer\r\n\t${alice}`],
    ["hidden in the fold of another header", `X-Other: a\r\n ${auth(alice)}`],
    ["with a blank before the colon", `Authorization : Bearer ${alice}`],
    ["with a blank before the name", ` ${auth(alice)}`],
    ["with a NUL in its name", `Author\0ization: Bearer ${alice}`],
    ["with an underscore for its hyphen", `X_Authorization: Bearer ${alice}`],
    ["under a name that only begins alike", `Authorization-X: Bearer ${alice}`],
    ["under a proxy's name", `Proxy-Authorization: Bearer ${alice}`],
    ["ended by a bare line feed, another one behind it", `X-Other: a\nAuthorization: Bearer ${forged}`],
    ["ended by a bare carriage return", `X-Other: a\r${auth(alice)}`],
  ])("lets nobody in: %s", async (_name, line) => {
    const answer = await answerTo(requestText("/private", [line]));
    expect([400, 401]).toContain(answer.status);
    expect(answer.body).not.toContain("secret");
  });

  test.each([0, 1, 7, 8, 9, 11, 12, 27, 31, 127, 128, 160, 173, 255])(
    "lets nobody in with byte %i in it, and says nothing of it",
    async (byte) => {
      const odd = String.fromCharCode(byte);
      for (const value of [
        `Bearer ${alice}${odd}x`,
        `Bearer ${odd}${alice}`,
        `Bear${odd}er ${alice}`,
        `Bearer${odd}${alice}`,
      ]) {
        const answer = await answerTo(requestText("/private", [`Authorization: ${value}`]));
        expect([400, 401]).toContain(answer.status);
        expect(answer.body).not.toContain("secret");
        expect(JSON.stringify(answer)).not.toContain(alice.slice(0, 30));
      }
    },
  );

  test.each([
    ["a carriage return and line feed", "\r\nX-Injected: yes"],
    ["a bare line feed", "\nX-Injected: yes"],
    ["their escapes", "%0d%0aX-Injected: yes"],
    ["folded text", "\r\n X-Injected: yes"],
  ])("puts no header of its own into the answer by %s", async (_name, odd) => {
    const answer = await answerTo(requestText("/private", [`Authorization: Bearer abc${odd}`]));
    expect(answer.status).not.toBe(200);
    expect(JSON.stringify(answer)).not.toMatch(/injected/i);
  });
});

describe("Large requests", () => {
  test("are 431 beyond node's limit, one header or many", async () => {
    const one = await answerTo(requestText("/private", [auth("a".repeat(17_000))]));
    const many = await answerTo(requestText("/private", [auth(alice), ...Array(1700).fill("X-Fill: 0123")]));
    expect([one.status, many.status]).toEqual([431, 431]);
  });

  test("of a mebibyte end the connection and nothing else", async () => {
    const wire = await openWire(port);
    wire.write(`GET /private HTTP/1.1\r\nHost: api.test\r\n${auth("a".repeat(1024 * 1024))}\r\n\r\n`);
    expect(await wire.closed).not.toMatch(/^HTTP\/1\.1 2/);
  });

  test("just below the limit are refused by reason", async () => {
    const answer = await answerTo(requestText("/private", [auth("a".repeat(15_900))]));
    expect([answer.status, codeOf(answer)]).toEqual([401, "token_opaque"]);
  });

  test("just below node's limit are 400 where the guard's is lower: a new token would be as large", async () => {
    const strict = portOf(await startApp({}, createGuard(options({ maxTokenSize: 8192 }))));
    const answer = await answerTo(requestText("/private", [auth("a".repeat(15_900))]), strict);
    expect([answer.status, codeOf(answer)]).toEqual([400, "token_too_large"]);
  });

  test("just below the limit pass with a good token among much else", async () => {
    const answer = await answerTo(requestText("/private", [auth(alice), `X-Fill: ${"a".repeat(15_000)}`]));
    expect(answer.status).toBe(200);
  });

  test("that hide the token behind more headers than node keeps have none, or are 431 where node refuses them itself", async () => {
    const answer = await answerTo(requestText("/private", [...Array(2100).fill("a:1"), auth(alice)]));
    const right: unknown[] = [
      [401, "credentials_missing"],
      [431, undefined],
    ];
    expect(right).toContainEqual([answer.status, codeOf(answer)]);
  });

  test("with a long path are answered as any other", async () => {
    const answer = await answerTo(requestText(`/files/${"a/".repeat(7000)}`));
    expect([401, 404, 414]).toContain(answer.status);
  });
});

describe("Pipelined requests", () => {
  const get = (lines: readonly string[], last = false, target = "/private") => requestText(target, lines, { last });

  test("good, bad, good: each gets its own answer", async () => {
    const answers = await exchange(port, get([auth(alice)]) + get([auth(forged)]) + get([auth(bob)], true));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200]);
    expect(answers.map(subjectOf)).toEqual(["alice", undefined, "bob"]);
  });

  test("without credentials after good ones borrow none", async () => {
    const answers = await exchange(port, get([auth(alice)]) + get([]) + get([auth(bob)]) + get([], true));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 200, 401]);
    expect(answers.map(subjectOf)).toEqual(["alice", undefined, "bob", undefined]);
  });

  test("keep a hundred people apart", async () => {
    const names = Array.from({ length: 100 }, (_, n) => `person-${n}`);
    const texts = names.map((sub, n) => get([auth(token({ sub }))], n === 99));
    expect((await exchange(port, texts.join(""))).map(subjectOf)).toEqual(names);
  });

  test("do not let a preflight open what follows", async () => {
    const lines = ["Origin: https://app.test", "Access-Control-Request-Method: GET"];
    const preflight = requestText("/private", lines, { method: "OPTIONS", last: false });
    const answers = await exchange(port, preflight + get(lines, true));
    expect(answers.map(({ status }) => status)).toEqual([404, 401]);
  });

  test("do not let the body of one be the next", async () => {
    const inner = get([auth(alice)], true);
    const head = `POST /public HTTP/1.1\r\nHost: api.test\r\nContent-Type: text/plain\r\nContent-Length: ${inner.length}\r\n\r\n`;
    const answers = await exchange(port, head + inner + get([], true));
    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  });

  test.each([
    ["both a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked"],
    ["two lengths", "Content-Length: 5\r\nContent-Length: 50"],
    ["a length that is none", "Content-Length: 0x5"],
    ["an odd coding", "Transfer-Encoding: xchunked"],
  ])("that smuggle by %s never reach a handler (RFC 9112 §6.3)", async (_name, lines) => {
    const text = `POST /public HTTP/1.1\r\nHost: api.test\r\n${lines}\r\n\r\n0\r\n\r\n${get([auth(alice)], true)}`;
    const [first, ...more] = await exchange(port, text);
    expect(first?.status).toBeGreaterThanOrEqual(400);
    expect(more.filter(({ status }) => status !== 400)).toEqual([]);
  });

  test("wait for keys in their order, and each gets its own answer", async () => {
    const remote = await startRemote();
    const held = gate(json({ keys: [remote.key.jwk] }));
    remote.server.on("/jwks", held.answer);
    const at = portOf(await startApp({}, remote.guard));
    const [one, two] = [remote.token(remote.key, { sub: "one" }), remote.token(remote.key, { sub: "two" })];
    const answers = exchange(at, get([auth(one)]) + get([]) + get([auth(forged)]) + get([auth(two)], true));
    await vi.waitFor(() => expect(remote.server.count("/jwks")).toBe(1));
    held.open();
    expect((await answers).map(({ status }) => status)).toEqual([200, 401, 401, 200]);
    expect((await answers).map(subjectOf)).toEqual(["one", undefined, undefined, "two"]);
    await remote.server.close();
  });
});

describe("Requests that are given up", () => {
  test("while keys are fetched do no harm, and the keys are there for the others", async () => {
    const remote = await startRemote();
    const held = gate(json({ keys: [remote.key.jwk] }));
    remote.server.on("/jwks", held.answer);
    const app = await startApp({}, remote.guard);
    const wires = await Promise.all(Array.from({ length: 20 }, () => openWire(portOf(app))));
    for (const wire of wires) wire.write(requestText("/private", [auth(remote.token())]));
    await vi.waitFor(() => expect(remote.server.count("/jwks")).toBe(1));
    for (const { socket } of wires.slice(0, 10)) socket.destroy();
    for (const { socket } of wires.slice(10)) socket.resetAndDestroy();
    await vi.waitFor(async () => expect(await connectionsOf(app)).toBe(0));
    held.open();
    const answer = await answerTo(requestText("/private", [auth(remote.token())]), portOf(app));
    expect(answer.status).toBe(200);
    expect(remote.server.count("/jwks")).toBe(1);
    await remote.server.close();
  });

  test.each([
    ["with a good token", [auth(alice)]],
    ["with a bad one", [auth(forged)]],
    ["with none", []],
  ])("in the middle of the body do no harm: %s", async (_name, lines) => {
    const wire = await openWire(port);
    const head = ["POST /private HTTP/1.1", "Host: api.test", ...lines, "Content-Type: application/json"];
    wire.write([...head, "Content-Length: 1000", "", '{"a":'].join("\r\n"));
    await new Promise((resolve) => setImmediate(resolve));
    wire.socket.resetAndDestroy();
    expect(await wire.closed).not.toMatch(/^HTTP\/1\.1 2/);
  });

  test("without a token are refused before their body has come", async () => {
    const wire = await openWire(port);
    wire.write(
      "POST /private HTTP/1.1\r\nHost: api.test\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    );
    await vi.waitFor(() => expect(wire.received()).toMatch(/^HTTP\/1\.1 401 /));
    wire.socket.destroy();
  });

  test("in the middle of the headers do no harm", async () => {
    for (const part of ["G", "GET /private", "GET /private HTTP/1.1\r\n", `GET /private HTTP/1.1\r\n${auth(alice)}`]) {
      const wire = await openWire(port);
      wire.write(part);
      wire.socket.end();
      expect(await wire.closed).not.toMatch(/^HTTP\/1\.1 2/);
    }
  });
});

describe("Slow headers", () => {
  test("are read byte by byte to the same answers", async () => {
    for (const [credentials, status] of [
      [alice, 200],
      [forged, 401],
    ] as const) {
      const wire = await openWire(port);
      wire.socket.setNoDelay(true);
      for (const character of requestText("/private", [auth(credentials)])) {
        wire.write(character);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(readAnswers(await wire.closed).map((answer) => answer.status)).toEqual([status]);
    }
  });

  test("of a hundred sockets keep nobody else waiting, and get nothing", async () => {
    const wires = await Promise.all(Array.from({ length: 100 }, () => openWire(port)));
    for (const wire of wires) wire.write(`GET /private HTTP/1.1\r\nHost: api.test\r\n${auth(alice)}\r\nX-Slow: `);
    await expectAlive();
    expect(wires.map((wire) => wire.received()).join("")).toBe("");
    for (const { socket } of wires) socket.destroy();
  });
});

const oddTargets = [
  ...["//private", "///private", "/./private", "/private/", "/private/.", "/x/../private", "/public/../private"],
  ...[
    "/%70rivate",
    "/p%72ivate",
    "/%2570rivate",
    "/private%2f",
    "/private%20",
    "/private%00",
    "/private%00.css",
    "/private%0a",
  ],
  ...[
    "/PRIVATE",
    "/Private",
    "/prIvate",
    "/private;",
    "/private;x=1",
    "/private;jsessionid=1",
    "/;/private",
    "/private..;/",
  ],
  ...[
    "/private?",
    "/private?x",
    "/private?auth=false",
    "/private#x",
    "/private.json",
    "/private\\",
    "\\private",
    "/private~",
  ],
  ...["/private%3f", "/private%23", "/..;/private", "/%2e/private", "/%2e%2e/private", "/public/%2e%2e/private"],
  ...[
    "/public/..%2fprivate",
    "/public/..%5cprivate",
    "/%c0%af/private",
    "/%u0070rivate",
    "/\u00ffprivate",
    "/priv%C4%B1vate",
  ],
  ...[
    "/admin//keys",
    "/admin/./keys",
    "/ADMIN/keys",
    "/admin%2fkeys",
    "/admin/keys/",
    "/admin/%6beys",
    "/files/",
    "/files/../x",
  ],
  ...["/files/..", "/files//", "/files/%2e%2e/x", "/files/%00", "//files/x", "/%66iles/x", "/FILES/x", "/files/x;y"],
  ...[
    "http://api.test/private",
    "http://evil.test/private",
    "https://api.test:1/private",
    "http://user@api.test/private",
  ],
  ...["HTTP://api.test//private", "http:///private", "http://api.test/%70rivate", "//api.test/private", "http:private"],
  ...["*", "private", "api.test:443", "@/private", "/private HTTP/1.1\r\nX-A: b", "/private\tx"],
] as const;

describe("Odd paths (without credentials)", () => {
  const lenient = {
    ignoreTrailingSlash: true,
    ignoreDuplicateSlashes: true,
    caseSensitive: false,
    useSemicolonDelimiter: true,
  };
  const rewritten: FastifyServerOptions = {
    rewriteUrl: ({ url = "/" }) => url.replace(/^\/(?:public|x)\/\.\.\//, "/").replace(/^\/v1\//, "/"),
  };
  let ports: Readonly<Record<string, number>>;

  beforeAll(async () => {
    const other = portOf(await startApp({ routerOptions: lenient }));
    ports = { strict: port, lenient: other, rewriting: portOf(await startApp(rewritten)) };
  });

  const rows = ["strict", "lenient", "rewriting"].flatMap((kind) =>
    oddTargets.map((target) => [kind, target] as const),
  );

  test.each(rows)("a %s router gives nothing for %j", async (kind, target) => {
    const [answer] = await exchange(ports[kind] ?? 0, requestText(target));
    expect(answer?.status ?? 400).toBeGreaterThanOrEqual(400);
    expect(answer?.status ?? 400).toBeLessThan(500);
    expect(answer?.body ?? "").not.toContain("secret");
  });

  test.each([
    ["lenient", "//private/"],
    ["lenient", "/PRIVATE;x"],
    ["strict", "/%70rivate"],
    ["strict", "/private?x"],
    ["rewriting", "/v1/private"],
    ["rewriting", "/public/../private"],
  ])("a %s router that takes %j for the route asks for a token there too", async (kind, target) => {
    const at = ports[kind] ?? 0;
    expect((await answerTo(requestText(target), at)).status).toBe(401);
    expect((await answerTo(requestText(target, [auth(alice)]), at)).status).toBe(200);
  });
});

describe("Headers that would override", () => {
  test.each([
    ["the URL", ["X-Original-URL: /public", "X-Rewrite-URL: /public"]],
    ["the path", ["X-Forwarded-Path: /public", "X-Forwarded-Prefix: /public", "X-Forwarded-Uri: /public"]],
    [
      "the method by OPTIONS",
      ["X-HTTP-Method-Override: OPTIONS", "X-Method-Override: OPTIONS", "X-HTTP-Method: OPTIONS"],
    ],
    ["the method, as a preflight", ["Origin: https://a.test", "Access-Control-Request-Method: GET"]],
    ["the user", ["X-User: alice", "X-Forwarded-User: alice", "X-Remote-User: alice", "X-Auth-Request-User: alice"]],
    ["the address", ["X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Forwarded: for=127.0.0.1;host=api.test"]],
    ["the Authorization header", [`X-Authorization: Bearer ${alice}`, `X-Forwarded-Authorization: Bearer ${alice}`]],
    ["it as something hop-by-hop", ["Connection: Authorization, close"]],
    ["the cookie", [`Cookie: access_token=${alice}; authorization=Bearer ${alice}`]],
    ["upgrades", ["Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"]],
  ])("%s do not", async (_name, lines) => {
    for (const target of ["/private", "/private?_method=OPTIONS", "/admin/keys"]) {
      const answer = await answerTo(requestText(target, lines));
      expect([answer.status, codeOf(answer)]).toEqual([401, "credentials_missing"]);
    }
  });

  test.each([
    "HEAD",
    "OPTIONS",
    "TRACE",
    "PUT",
    "DELETE",
    "PATCH",
    "PROPFIND",
    "QUERY",
    "LOCK",
    "GETX",
    "get",
    "CONNECT",
  ])("the method %s gives nothing without credentials", async (method) => {
    for (const target of ["/private", "/admin/keys", "/files/x"]) {
      const [answer] = await exchange(port, requestText(target, [], { method }));
      expect(answer?.status ?? 400).toBeGreaterThanOrEqual(400);
      expect(answer?.body ?? "").not.toContain("secret");
    }
  });
});

describe("Other versions of HTTP", () => {
  test.each([
    ["HTTP/1.0 without a token", "GET /private HTTP/1.0\r\n\r\n", 401],
    ["HTTP/1.0 with one", `GET /private HTTP/1.0\r\n${auth(alice)}\r\n\r\n`, 200],
    ["HTTP/1.0 with a forged one", `GET /private HTTP/1.0\r\n${auth(forged)}\r\n\r\n`, 401],
    ["HTTP/1.0 with two", `GET /private HTTP/1.0\r\n${auth(alice)}\r\n${auth(bob)}\r\n\r\n`, 400],
    ["HTTP/1.1 without a Host", `GET /private HTTP/1.1\r\n${auth(alice)}\r\nConnection: close\r\n\r\n`, 400],
    ["HTTP/0.9, which node reads as 1.0", "GET /private\r\n\r\n", 401],
    ["HTTP/2 without more ado", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
    ["HTTP/3.0", `GET /private HTTP/3.0\r\n${auth(alice)}\r\n\r\n`, 400],
    ["a made-up protocol", `GET /private GOPHER/1.1\r\n${auth(alice)}\r\n\r\n`, 400],
  ])("%s", async (_name, text, status) => {
    expect((await answerTo(text)).status).toBe(status);
  });
});

describe("Text of an attacker's choice", () => {
  const odd = [
    ["line breaks", 'x\r\nSet-Cookie: marker=1\r\n\r\nmarker"\\'],
    ["NUL and other controls", "marker\0\u0001\u0007\u001b\u007fmarker"],
    ["quotes and backslashes", 'marker", error="none", scope="\\"marker'],
    ["characters beyond Latin-1", "marker\u2028\u{1f600}\u0100marker"],
    ["bytes beyond ASCII", "marker\u00ff\u0080marker"],
    ["half a character", "marker\ud800marker"],
    ["markup", "marker<script>alert(1)</script>marker"],
    ["percent signs", "marker%0d%0a%s%n%smarker"],
  ] as const;
  const places: Readonly<Record<string, (text: string) => string>> = {
    alg: (text) => `${encode({ alg: text, kid: ec.kid })}.${encode(claims())}.AAAA`,
    kid: (text) => token({}, { header: { alg: "ES256", kid: text } }),
    typ: (text) => token({}, { header: { alg: "ES256", kid: ec.kid, typ: text } }),
    crit: (text) => token({}, { header: { alg: "ES256", kid: ec.kid, crit: [text], [text]: 1 } }),
    iss: (text) => token({ iss: text }),
    aud: (text) => token({ aud: text }),
    exp: (text) => token({ exp: text }),
    "a member name": (text) => token({ [text]: 1, exp: 1 }),
  };
  const rows = Object.keys(places).flatMap((place) => odd.map(([name, text]) => [place, name, text] as const));

  test.each(rows)("in %s, with %s, neither injects nor comes back", async (place, _name, text) => {
    const credentials = places[place]?.(text) ?? "";
    const answer = await answerTo(requestText("/private", [auth(credentials)]));
    expect(answer.status).toBe(401);
    const { parameters } = parseChallenge(valuesOf(answer, "www-authenticate")[0] ?? "");
    expect(parameters["error"]).toBe("invalid_token");
    expect(JSON.stringify(answer)).not.toMatch(/marker|set-cookie/i);
    expect(JSON.stringify(answer)).not.toContain(credentials.slice(0, 40));
  });

  test("in the Host or the query neither comes back", async () => {
    const hostile = `GET /private?access_token=${alice}&marker HTTP/1.1\r\nHost: marker.test\r\nConnection: close\r\n\r\n`;
    const answer = await answerTo(hostile);
    expect(answer.status).toBe(401);
    expect(JSON.stringify(answer)).not.toMatch(/marker/);
    expect(JSON.stringify(answer)).not.toContain(alice);
  });

  test("never comes with a stack or a path of this machine", async () => {
    for (const credentials of [forged, "x", "a.b.c", `${alice}x`, "....", "\\", `${encode("{")}.${encode("{")}.x`]) {
      const answer = await answerTo(requestText("/private", [auth(credentials)]));
      expect(JSON.stringify(answer)).not.toMatch(/\.(?:ts|js):\d|node_modules|\bat \w+\.|\/src\//);
    }
  });

  test("never keeps the challenge away: every 401 has one, and without credentials it names no error", async () => {
    const without = valuesOf(await answerTo(requestText("/private")), "www-authenticate");
    expect(without.map(parseChallenge)).toEqual([{ scheme: "Bearer", parameters: { realm: "api" } }]);
    const lacking = await answerTo(requestText("/admin/keys", [auth(alice)]));
    const [challenge = ""] = valuesOf(lacking, "www-authenticate");
    expect(lacking.status).toBe(403);
    expect(parseChallenge(challenge).parameters).toMatchObject({ error: "insufficient_scope", scope: "read:keys" });
  });
});

describe("Two hundred sockets of garbage at once", () => {
  test("change no answer, and end nothing", async () => {
    const random = createRandom("garbage");
    const starts = [
      "",
      "GET ",
      "GET /private HTTP/1.1\r\n",
      `GET /private HTTP/1.1\r\nHost: a\r\n${auth(forged)}\r\n`,
    ] as const;
    const ends = ["", "\r\n\r\n", "\r\n\r\n\r\n"] as const;
    const garbage = Array.from({ length: 200 }, async () => {
      const wire = await openWire(port);
      const noise = Buffer.from(random.bytes(random.below(4096))).toString("latin1");
      wire.write(random.pick(starts) + noise + random.pick(ends));
      wire.socket.end();
      return wire.closed;
    });
    const good = Array.from({ length: 100 }, (_, n) => answerTo(requestText("/private", [auth(n % 2 ? alice : bob)])));
    expect((await Promise.all(good)).map(subjectOf)).toEqual(good.map((_, n) => (n % 2 ? "alice" : "bob")));
    expect((await Promise.all(garbage)).filter((text) => /^HTTP\/1\.1 [23]/.test(text))).toEqual([]);
  });
});

describe("Keys that an attacker serves", () => {
  test("are never asked for, whatever stands in the headers of a request", async () => {
    const attacker = await startIssuer();
    const lines = [
      `X-Forwarded-Host: ${attacker.origin}`,
      `Forwarded: host=${attacker.origin}`,
      `Origin: ${attacker.origin}`,
    ];
    const header = { alg: "ES256", kid: "x", jku: `${attacker.origin}/jwks`, x5u: `${attacker.origin}/x` };
    const credentials = token({ iss: attacker.issuer }, { key: stranger, header });
    expect((await answerTo(requestText("/private", [...lines, auth(credentials)]))).status).toBe(401);
    expect(attacker.requests).toEqual([]);
    await attacker.close();
  });
});
