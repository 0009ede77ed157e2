// Requests with a token for the next API: where it may go, and when a request is sent again.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { readRetryReason } from "../../../src/exchange/client/api-challenge.js";
import { createClientCredentials, type TokenSourceOptions } from "../../../src/exchange/client/client.js";
import { createClock } from "../../support/clock.js";
import { clientSecret, grants, refuses, startTokenServer } from "./_token-server.js";

interface Arrived {
  readonly method: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Reply = (request: Arrived) => { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

/** The next API: takes tokens that `isGood`, and refuses others as RFC 6750 §3.1 says. */
async function startApi(reply: Reply) {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString("utf8") };
      arrived.push(one);
      const { status, headers } = reply(one);
      response.writeHead(status, headers).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { arrived, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stock` };
}

const invalid = { "www-authenticate": 'Bearer realm="api", error="invalid_token", error_description="It was revoked"' };
const takes =
  (...good: string[]): Reply =>
  ({ headers }) =>
    good.some((one) => headers.authorization === `Bearer ${one}`) ? { status: 200 } : { status: 401, headers: invalid };

async function setUp(reply: Reply, changes: Partial<TokenSourceOptions> = {}) {
  const server = await startTokenServer();
  const clock = createClock();
  const api = await startApi(reply);
  const credentials = createClientCredentials({
    ...{ issuer: server.issuer, clientId: "orders-api", auth: { clientSecret }, audience: "stock", now: clock.now },
    ...changes,
  });
  return { server, clock, ...api, credentials };
}

describe("A request with a token", () => {
  test("carries it, beside what the caller gave", async () => {
    const { credentials, url, arrived } = await setUp(takes("granted-1"));
    const init = { method: "PUT", headers: { "x-trace": "1", authorization: "Basic abc" }, body: "text" };
    expect((await credentials.fetch(url, init)).status).toBe(200);
    expect(arrived).toMatchObject([
      { method: "PUT", headers: { authorization: "Bearer granted-1", "x-trace": "1" }, body: "text" },
    ]);
  });

  test("has headers for a client of one's own", async () => {
    const { credentials, url } = await setUp(takes("granted-1"));
    expect(await (await credentials.token()).headers("GET", url)).toEqual({ authorization: "Bearer granted-1" });
  });

  test.each([
    ["over http to another machine (RFC 6750 §5.3)", "http://stock.test/"],
    ["to another scheme", "ftp://stock.test/"],
    ["with a user in the URL", "https://user:password@stock.test/"],
    ["to a path", "/stock"],
  ])("is not sent %s", async (_name, url) => {
    const { credentials } = await setUp(takes("granted-1"));
    await expect(credentials.fetch(url)).rejects.toThrow(TypeError);
    await expect((await credentials.token()).headers("GET", url)).rejects.toThrow(TypeError);
  });

  test("may have headers for a host that is listed, over http", async () => {
    const { credentials } = await setUp(takes("granted-1"), { insecureHttpHosts: ["stock:8080"] });
    const token = await credentials.token();
    expect(await token.headers("GET", "http://stock:8080/a")).toHaveProperty("authorization");
    await expect(token.headers("GET", "http://stock:8081/a")).rejects.toThrow("must be an https URL");
  });

  test("follows no redirect", async () => {
    const { credentials, url, arrived } = await setUp(() => ({
      status: 302,
      headers: { location: "https://evil.test/" },
    }));
    expect((await credentials.fetch(url)).status).toBe(302);
    expect(arrived).toHaveLength(1);
    for (const redirect of ["follow", Object("follow"), "", null]) {
      await expect(credentials.fetch(url, { redirect })).rejects.toThrow("Redirects are not followed");
    }
    await expect(credentials.fetch(url, { redirect: "error" })).rejects.toThrow("fetch failed");
    expect(arrived).toHaveLength(2);
  });
});

describe("A token that the API refuses", () => {
  test("is fetched anew, and the request is sent once more", async () => {
    const { credentials, url, arrived, server } = await setUp(takes("granted-2"));
    expect((await credentials.fetch(url, { method: "POST", body: "order" })).status).toBe(200);
    expect(arrived.map(({ body }) => body)).toEqual(["order", "order"]);
    expect((await credentials.fetch(url)).status).toBe(200);
    expect(server.asked).toHaveLength(2);
  });

  test.each<[string, () => BodyInit]>([
    ["parameters", () => new URLSearchParams({ a: "1" })],
    ["bytes", () => new TextEncoder().encode("a=1")],
    ["a blob", () => new Blob(["a=1"])],
  ])("is replaced where the body can be sent again: %s", async (_name, makeBody) => {
    const { credentials, url, arrived } = await setUp(takes("granted-2"));
    expect((await credentials.fetch(url, { method: "POST", body: makeBody() })).status).toBe(200);
    expect(arrived.map(({ body }) => body)).toEqual(["a=1", "a=1"]);
  });

  test("is replaced for the next request where the body was a stream, which is never sent again", async () => {
    const { credentials, url, arrived } = await setUp(takes("granted-2"));
    const stream = () => new Blob(["a=1"]).stream();
    const init = { method: "POST", body: stream(), duplex: "half" } as RequestInit;
    expect((await credentials.fetch(url, init)).status).toBe(401);
    expect(arrived).toHaveLength(1);
    expect((await credentials.fetch(url)).status).toBe(200);
  });

  test("is not fetched anew again and again: the API's answer is the answer", async () => {
    const { credentials, url, arrived, server, clock } = await setUp(takes());
    for (const _time of [1, 2, 3]) expect((await credentials.fetch(url)).status).toBe(401);
    expect(server.asked).toHaveLength(2);
    expect(arrived).toHaveLength(4);
    clock.advance(11);
    expect((await credentials.fetch(url)).status).toBe(401);
    expect(server.asked).toHaveLength(3);
  });

  test("is fetched anew after a while also where the server gives the same one again", async () => {
    const { credentials, url, server, clock, arrived } = await setUp(takes("fresh"));
    server.answer(grants({ access_token: "stale" }));
    expect((await credentials.fetch(url)).status).toBe(401);
    server.answer(grants({ access_token: "fresh" }));
    const before = arrived.length;
    expect((await credentials.fetch(url)).status).toBe(401);
    expect(arrived.length - before).toBe(1);
    clock.advance(11);
    expect((await credentials.fetch(url)).status).toBe(200);
    expect(server.asked).toHaveLength(3);
  });

  test("is fetched anew once for many requests that were refused together", async () => {
    const { credentials, url, server } = await setUp(takes("granted-2"));
    const token = await credentials.token();
    const answers = await Promise.all(Array.from({ length: 10 }, () => token.fetch(url)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(server.asked).toHaveLength(2);
  });

  test("leaves the API's answer where the server gives no new one", async () => {
    const { credentials, url, server } = await setUp(takes());
    await credentials.token();
    server.answer(refuses("invalid_client", {}, 401));
    const answer = await credentials.fetch(url);
    expect([answer.status, await answer.text()]).toEqual([401, "{}"]);
    await expect(credentials.fetch(url)).rejects.toMatchObject({ code: "invalid_client" });
  });

  test.each<[string, number, Record<string, string>]>([
    ["403", 403, { "www-authenticate": 'Bearer error="insufficient_scope"' }],
    ["500", 500, {}],
    ["401 without a challenge", 401, {}],
    ["401 for another reason", 401, { "www-authenticate": 'Bearer error="insufficient_user_authentication"' }],
    ["401 of another scheme", 401, { "www-authenticate": 'Basic realm="x", error="invalid_token"' }],
    ["401 that quotes the words", 401, { "www-authenticate": 'Bearer error_description="error=invalid_token"' }],
    ["403 with the words", 403, { "www-authenticate": 'Bearer error="invalid_token"' }],
  ])("is kept after %s", async (_name, status, headers) => {
    const { credentials, url, arrived, server } = await setUp(() => ({ status, headers }));
    expect((await credentials.fetch(url)).status).toBe(status);
    expect(arrived).toHaveLength(1);
    expect(server.asked).toHaveLength(1);
  });
});

describe("The reason to try again", () => {
  const read = (challenge: string) =>
    readRetryReason(new Response(null, { status: 401, headers: { "www-authenticate": challenge } }));

  test.each([
    ['Bearer error="invalid_token"', "invalid_token"],
    ["bearer error=invalid_token", "invalid_token"],
    ['Bearer realm="a, b", error="invalid_token"', "invalid_token"],
    ['Bearer realm="api", Bearer error="invalid_token"', "invalid_token"],
    ['Basic realm="a", DPoP algs="ES256", error="invalid_token"', "invalid_token"],
    ['DPoP error="use_dpop_nonce"', "use_dpop_nonce"],
    ['Bearer realm="\\"error=\\"invalid_token"', undefined],
    ["Bearer", undefined],
    ["", undefined],
    [`Bearer ${"a=".repeat(5000)}`, undefined],
    [`Bearer a="${"\\".repeat(4000)}`, undefined],
  ])("of %j is %s", (challenge, expected) => {
    expect(read(challenge)).toBe(expected);
  });
});

describe("A token that is bound to a key", () => {
  const bound = grants({ token_type: "DPoP" });
  const proofOf = ({ headers }: Arrived) => decodeJwt(String(headers["dpop"]));

  test("goes with a proof for each request (RFC 9449 §7.1)", async () => {
    const { credentials, url, arrived, server } = await setUp(() => ({ status: 200 }), { dpop: "required" });
    server.answer(bound);
    await credentials.fetch(`${url}?page=1`);
    await credentials.fetch(url, { method: "POST", body: "x" });
    expect(arrived.map(({ headers }) => headers.authorization?.split(" ")[0])).toEqual(["DPoP", "DPoP"]);
    const [first, second] = arrived.map(proofOf);
    expect([first?.["htm"], first?.["htu"], second?.["htm"]]).toEqual(["GET", url, "POST"]);
    expect(first?.jti).not.toBe(second?.jti);
    expect(first?.["ath"]).toBe(second?.["ath"]);
    expect(server.asked[0]?.headers["dpop"]).toBeDefined();
  });

  test("goes with the API's nonce, once it has given one (RFC 9449 §9)", async () => {
    const reply: Reply = (request) =>
      proofOf(request)["nonce"] === "n-1"
        ? { status: 200 }
        : { status: 401, headers: { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": "n-1" } };
    const { credentials, url, arrived, server } = await setUp(reply, { dpop: "allowed" });
    server.answer(bound);
    expect((await credentials.fetch(url)).status).toBe(200);
    expect((await credentials.fetch(url)).status).toBe(200);
    expect(arrived).toHaveLength(3);
    expect(server.asked).toHaveLength(1);
  });

  test("is asked for with the server's nonce (RFC 9449 §8)", async () => {
    const { credentials, server } = await setUp(() => ({ status: 200 }), { dpop: "required" });
    server.answer((request, response) => {
      if (decodeJwt(String(request.headers["dpop"]))["nonce"] === "n-1") return bound(request, response);
      response.writeHead(400, { "content-type": "application/json", "dpop-nonce": "n-1" });
      response.end('{"error":"use_dpop_nonce"}');
    });
    expect((await credentials.token()).scheme).toBe("DPoP");
    expect(server.asked).toHaveLength(2);
  });

  test("may take the place of one that was not, where `allowed`", async () => {
    const takesBound: Reply = ({ headers }) =>
      headers.authorization === "DPoP granted-1" && headers["dpop"] !== undefined
        ? { status: 200 }
        : { status: 401, headers: invalid };
    const { credentials, url, server } = await setUp(takesBound, { dpop: "allowed" });
    const token = await credentials.token();
    server.answer(grants({ token_type: "DPoP" }));
    expect((await token.fetch(url)).status).toBe(200);
  });

  test("is not insisted on where `allowed`", async () => {
    const { credentials, url, arrived } = await setUp(takes("granted-1"), { dpop: "allowed" });
    expect((await credentials.fetch(url)).status).toBe(200);
    expect(arrived[0]?.headers["dpop"]).toBeUndefined();
  });
});
