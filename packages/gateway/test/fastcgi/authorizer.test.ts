// FastCGI over real sockets, as Apache asks, and as a hostile client would.
import { once } from "node:events";
import { type AddressInfo, connect, type Server } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { toFastCgiAnswer, toProxyRequest } from "../../src/fastcgi/authorizer.js";
import { authorizerRole, parseParams, parseRecord, recordType, toRecords } from "../../src/fastcgi/records.js";
import { createFastCgiServer, type FastCgiAnswer, type FastCgiOptions } from "../../src/fastcgi/server.js";

const ok: FastCgiAnswer = { status: 200, headers: [["Variable-X_AUTH_SUBJECT", "alice"]], body: "" };

async function start(options: Partial<FastCgiOptions> = {}): Promise<number> {
  const server: Server = createFastCgiServer({
    answer: async () => ok,
    maxBytes: 4096,
    requestTimeout: 30,
    maxConnections: 10,
    ...options,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** All that came back until the server closed. */
function ask(port: number, ...parts: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
    });
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(Buffer.concat(chunks)));
  });
}

const begin = (role = authorizerRole) =>
  toRecords(recordType.beginRequest, 1, Buffer.from([0, role, 0, 0, 0, 0, 0, 0]));
const pair = (name: string, value: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE((value.length | 0x8000_0000) >>> 0);
  return Buffer.concat([Buffer.from([name.length]), length, Buffer.from(name + value, "latin1")]);
};
const params = (...pairs: readonly Buffer[]) => toRecords(recordType.params, 1, Buffer.concat(pairs));
const end = toRecords(recordType.params, 1, Buffer.alloc(0));

describe("A FastCGI authorizer", () => {
  test("answers with a status and variables, and ends the request", async () => {
    const answer = await ask(await start(), begin(), params(pair("REQUEST_METHOD", "GET")), end);
    expect(parseRecord(answer)?.record.content.toString()).toBe(
      "Status: 200\r\nVariable-X_AUTH_SUBJECT: alice\r\n\r\n",
    );
    expect(answer.at(-15)).toBe(recordType.endRequest);
  });

  test("reads a question that comes byte by byte, with padding", async () => {
    const padded = Buffer.concat([begin(), params(pair("A", "b"))]);
    const bytes = [...Buffer.concat([padded, end])].map((one) => Buffer.from([one]));
    expect((await ask(await start(), ...bytes)).toString("latin1")).toContain("Status: 200");
  });

  test("reads variables that stand in several records", async () => {
    const seen: string[] = [];
    const port = await start({
      answer: async (given) => {
        seen.push(...given.keys());
        return ok;
      },
    });
    const all = Buffer.concat([pair("FIRST", "1"), pair("SECOND", "2".repeat(300))]);
    await ask(port, begin(), toRecords(4, 1, all.subarray(0, 20)), toRecords(4, 1, all.subarray(20)), end);
    expect(seen).toEqual(["FIRST", "SECOND"]);
  });

  test.each([
    ["another role", [begin(1), params(pair("A", "b")), end]],
    ["variables before the request", [params(pair("A", "b")), end]],
    ["another request's variables", [begin(), toRecords(recordType.params, 2, pair("A", "b")), end]],
    ["a body instead of variables", [begin(), toRecords(recordType.stdin, 1, Buffer.from("x"))]],
    ["an unknown version", [Buffer.from([9, 1, 0, 1, 0, 0, 0, 0])]],
    ["a variable twice (CWE-444)", [begin(), params(pair("A", "b"), pair("A", "c")), end]],
    ["a variable that is cut short", [begin(), params(pair("A", "bcd").subarray(0, 6)), end]],
    ["more than its bound (CWE-770)", [begin(), params(pair("A", "b".repeat(5000))), end]],
    ["HTTP", [Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]],
  ])("closes without an answer on %s", async (_, parts) => {
    expect((await ask(await start(), ...parts)).length).toBe(0);
  });

  test("closes without an answer when the decision fails, or would split a header (CWE-113)", async () => {
    const question = [begin(), params(pair("A", "b")), end];
    const failing = await start({ answer: () => Promise.reject(new Error("broken")) });
    const splitting = await start({ answer: async () => ({ ...ok, headers: [["A", "b\r\nStatus: 200"]] }) });
    expect((await ask(failing, ...question)).length).toBe(0);
    expect((await ask(splitting, ...question)).length).toBe(0);
  });
});

describe("A web server that is too slow", () => {
  test("is cut off, also if it sends a byte now and then (CWE-400)", async () => {
    const port = await start({ requestTimeout: 0.5 });
    const bytes = Buffer.concat([begin(), params(pair("A", "b".repeat(4000)))]);
    const sent = await new Promise<number>((resolve) => {
      let at = 0;
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined);
      const drip = setInterval(() => void socket.write(bytes.subarray(at, ++at)), 50);
      socket.resume().once("close", () => {
        clearInterval(drip);
        resolve(at);
      });
    });
    expect(sent).toBeLessThan(bytes.length);
  });

  test("is not one whose question needs a decision that takes longer", async () => {
    const answer = () => new Promise<FastCgiAnswer>((resolve) => setTimeout(resolve, 700, ok));
    const port = await start({ requestTimeout: 0.5, answer });
    expect((await ask(port, begin(), params(pair("A", "b")), end)).toString("latin1")).toContain("Status: 200");
  });
});

describe("Variables", () => {
  test("are bounded by their own lengths", () => {
    expect(() => parseParams(Buffer.from([0x80, 0, 0]))).toThrow("cut short");
    expect(parseParams(Buffer.from([1, 0, 65]))).toEqual(new Map([["A", ""]]));
  });

  test("say what the client asked for; the client's own headers of those names are replaced", () => {
    const { headers } = toProxyRequest(
      new Map([
        ["REQUEST_METHOD", "POST"],
        ["REQUEST_URI", "/private?a"],
        ["HTTP_HOST", "api.example.com"],
        ["REQUEST_SCHEME", "https"],
        ["REMOTE_ADDR", "192.0.2.1"],
        ["HTTP_X_ORIGINAL_URI", "/public"],
        ["HTTP_AUTHORIZATION", "Bearer a"],
      ]),
    );
    expect({ ...headers }).toEqual({
      authorization: "Bearer a",
      host: "api.example.com",
      "x-original-method": "POST",
      "x-original-uri": "/private?a",
      "x-original-host": "api.example.com",
      "x-original-proto": "https",
      "x-original-address": "192.0.2.1",
    });
  });

  test("that Apache does not give leave nothing of the client's", () => {
    const { headers } = toProxyRequest(new Map([["HTTP_X_ORIGINAL_URI", "/public"]]));
    expect(headers["x-original-uri"]).toBeUndefined();
  });

  test("carry the facts that there are; a refusal keeps its headers", () => {
    const answer = { trueStatus: 200, status: 200, body: "", reason: undefined };
    const facts = [
      ["X-Auth-Subject", "alice"],
      ["X-Auth-Actor", ""],
      ["cache-control", "no-store"],
    ] as const;
    expect(toFastCgiAnswer({ ...answer, headers: facts }).headers).toEqual([["Variable-X_AUTH_SUBJECT", "alice"]]);
    const refused = {
      ...answer,
      status: 401,
      headers: [
        ["www-authenticate", "Bearer"],
        ["content-type", "application/json"],
      ] as const,
    };
    expect(toFastCgiAnswer(refused).headers).toEqual([
      ["www-authenticate", "Bearer"],
      ["x-gatewarden-content-type", "application/json"],
    ]);
  });
});
