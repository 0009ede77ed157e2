// A JSON document over HTTP, and no more of it than is wanted.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FetchError, fetchJson } from "../../src/keys/fetch-json.js";
import { drip, gzipBomb, hang, type IssuerServer, json, oversize, startIssuer } from "../support/issuer-server.js";

let server: IssuerServer;

beforeEach(async () => {
  server = await startIssuer();
});

afterEach(() => server.close());

function defer<Value>() {
  let settle: { resolve(value: Value): void; reject(error: Error): void } | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    promise,
    resolve: (value: Value) => settle?.resolve(value),
    reject: (error: Error) => settle?.reject(error),
  };
}

const load = (timeout = 5) => fetchJson(`${server.origin}/doc`, { fetch, timeout });

describe("A document", () => {
  test("comes with what the server says of its freshness", async () => {
    server.on("/doc", json({ a: 1 }, { "cache-control": "max-age=7" }));
    expect(await load()).toMatchObject({ document: { a: 1 }, maxAge: 7 });
  });

  test.each([
    [{ date: "Fri, 15 Jan 2027 08:00:00 GMT" }, 1_800_000_000],
    [{ date: "Fri, 15 Jan 2027 08:00:00 GMT", age: "30" }, 1_800_000_030],
    [{ date: "today" }, undefined],
    [{ date: "Fri, 15 Jan 2027 08:00:00 GMT", age: "old" }, undefined],
  ])("comes with the time at the server: %j", async (headers: Record<string, string>, serverTime) => {
    server.on("/doc", json({ a: 1 }, headers));
    expect((await load()).serverTime).toBe(serverTime);
  });

  test("may be half a mebibyte large", async () => {
    const text = "x".repeat(512 * 1024 - 2);
    server.on("/doc", json(text));
    expect((await load()).document).toBe(text);
  });

  test("may not be one byte larger", async () => {
    server.on("/doc", json("x".repeat(512 * 1024 - 1)));
    await expect(load()).rejects.toThrow("answered with more than 512 KiB");
  });

  test.each([
    ["64 MiB", oversize],
    ["64 MiB in a few packed kilobytes", gzipBomb],
  ])("of %s is not read to its end", async (_size, answer) => {
    server.on("/doc", answer);
    await expect(load()).rejects.toThrow("answered with more than 512 KiB");
  });

  test.each([
    ["never begins", hang],
    ["never ends", drip],
  ])("that %s is given up after the agreed time", async (_name, answer) => {
    server.on("/doc", answer);
    await expect(load(0.2)).rejects.toThrow("did not finish within 0.2 s");
  });

  test.each([201, 203, 206, 400, 401, 403, 404, 500, 503])("that comes with status %i does not count", async (code) => {
    server.on("/doc", (_request, response) => void response.writeHead(code).end('{"keys":[]}'));
    const error = await load().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ status: code, message: expect.stringContaining(`answered with status ${code}`) });
  });

  test("that is not UTF-8 does not count, even where it would be JSON with replacement characters", async () => {
    server.on(
      "/doc",
      (_request, response) => void response.writeHead(200).end(Buffer.from('{"a":"\u00ff"}', "latin1")),
    );
    await expect(load()).rejects.toThrow("failed");
  });

  test("that is not JSON is not quoted in the message", async () => {
    server.on("/doc", (_request, response) => void response.writeHead(200).end("<p>SECRET</p>"));
    await expect(load()).rejects.toThrow("answered with something that is not JSON");
    await expect(load()).rejects.not.toThrow("SECRET");
  });

  test("that nobody serves is reported with the system's code", async () => {
    await server.close();
    await expect(load()).rejects.toThrow(/failed: ECONNREFUSED$/);
  });
});

describe("A fetch of the developer's own that ignores its signal", () => {
  const never = () => new Promise<Response>(() => {});
  const given = (fetch: typeof globalThis.fetch) => fetchJson("https://issuer.test/doc", { fetch, timeout: 0.1 });

  test("does not make anybody wait for ever when it never answers", async () => {
    await expect(given(never)).rejects.toThrow("did not finish within 0.1 s");
  });

  test("is cut off when its body never ends", async () => {
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    await expect(given(async () => new Response(body))).rejects.toThrow("did not finish within 0.1 s");
    expect(cancel).toHaveBeenCalledOnce();
  });

  test("has its late answer thrown away", async () => {
    const cancel = vi.fn();
    const late = defer<Response>();
    await expect(given(() => late.promise)).rejects.toThrow("did not finish within 0.1 s");
    late.resolve(new Response(new ReadableStream({ cancel })));
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
  });

  test("may fail late without being heard", async () => {
    const late = defer<Response>();
    await expect(given(() => late.promise)).rejects.toThrow("did not finish within 0.1 s");
    late.reject(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe("A time by which all must be over", () => {
  test("leaves a document no more than what is left of it", async () => {
    server.on("/doc", hang);
    const load = fetchJson(`${server.origin}/doc`, { fetch, timeout: 60 }, performance.now() + 100);
    await expect(load).rejects.toThrow(/did not finish within 0\.\d+ s/);
  });

  test("that has passed means that nobody is asked", async () => {
    const load = fetchJson(`${server.origin}/doc`, { fetch, timeout: 5 }, performance.now() - 1);
    await expect(load).rejects.toThrow("was not tried: no time was left");
    expect(server.requests).toEqual([]);
  });
});
