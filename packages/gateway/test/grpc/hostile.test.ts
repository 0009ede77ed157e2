// Messages that no Envoy sends: missing, contradicting, oversized and broken ones.
import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { type ClientRequest, callWith, checkMethod, connectTo, readFailure, startEnvoy, toMessage } from "./_envoy.js";

const rules = "rules: [{ path: /public/**, public: true }, { path: /private/**, authenticated: true }]\n";
const serialize = checkMethod.requestSerialize;

/** A field of bytes: tag, length, content (Protocol Buffers, "Encoding"). */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; bytes.length === 0 || left > 0; left = Math.floor(left / 128))
    bytes.push((left % 128) | (left >= 128 ? 128 : 0));
  return Buffer.from(bytes);
}

/** A CheckRequest around the members of its HTTP request. */
const around = (...members: readonly Buffer[]) => field(1, field(4, field(2, Buffer.concat(members))));
const usual = [field(2, "GET"), field(4, "/public/a"), field(5, "api.example.com"), field(6, "https")];
const entry = (name: string, value: string | Buffer) => field(3, Buffer.concat([field(1, name), field(2, value)]));

async function startRaw() {
  const started = await startEnvoy(rules);
  const ask = async (message: Buffer) => {
    const { denied_response: denied, ok_response: ok } = await callWith(started.client, message);
    if (denied) return [denied.status.code, (JSON.parse(denied.body) as { reason: string }).reason];
    return ok ? [200] : [];
  };
  return { ...started, ask };
}

describe("A message written by hand", () => {
  test("is read as Envoy's own, with fields that are unknown", async () => {
    const { ask } = await startRaw();
    expect(await ask(around(...usual))).toEqual([200]);
    expect(await ask(around(...usual, field(99, "unknown"), field(14, around(...usual))))).toEqual([200]);
    expect(await ask(Buffer.concat([around(...usual), field(77, "unknown")]))).toEqual([200]);
  });

  test.each<[string, readonly Buffer[], string]>([
    ["no method", usual.slice(1), "method_malformed"],
    ["no path", [usual[0], ...usual.slice(2)] as Buffer[], "target_malformed"],
    ["no host", [...usual.slice(0, 2), ...usual.slice(3)], "proxy_header_missing"],
    ["no scheme", usual.slice(0, 3), "proxy_header_missing"],
    ["no member at all", [], "method_malformed"],
    ["a path that is not UTF-8", [...usual, field(4, "/public/\xff")], "target_malformed"],
    ["a path that is UTF-8", [...usual, field(4, Buffer.from("/public/é"))], "target_malformed"],
    ["a host that is not ASCII", [...usual, field(5, "\xff.example")], "host_malformed"],
    ["a header's value that is not UTF-8", [...usual, entry("x-a", "\xc3\x28")], "proxy_header_malformed"],
    ["a header's name that is not a token", [...usual, entry("x a", "b")], "proxy_header_malformed"],
    ["a header without a name", [...usual, entry("", "b")], "proxy_header_malformed"],
    ["a line end in a value (CWE-113)", [...usual, entry("x-a", "b\r\nc")], "proxy_header_malformed"],
    ["NUL in a value", [...usual, entry("x-a", "b\0")], "proxy_header_malformed"],
    ["a body", [...usual, field(11, "body")], "body_refused"],
    ["a body of bytes", [...usual, field(12, "body")], "body_refused"],
    ["a scheme that came twice", [...usual, entry("x-forwarded-proto", "https,http")], "proxy_header_malformed"],
    ["another path among its headers", [...usual, entry(":path", "/private/a")], "proxy_header_repeated"],
    ["another method among its headers", [...usual, entry(":method", "POST")], "proxy_header_repeated"],
    ["another authority among its headers", [...usual, entry(":authority", "b.example")], "proxy_header_repeated"],
    ["another host among its headers", [...usual, entry("Host", "b.example")], "proxy_header_repeated"],
    [
      // Envoy writes "!" in attributes for bytes that are not UTF-8; the upstream gets the bytes.
      "a path whose bytes the attribute does not show",
      [
        ...usual,
        field(4, "/public/!"),
        field(13, field(1, Buffer.concat([field(1, ":path"), field(3, "/public/\xff")]))),
      ],
      "proxy_header_repeated",
    ],
    [
      "headers in both fields",
      [...usual, entry("x-a", "b"), field(13, field(1, Buffer.concat([field(1, "x-a"), field(3, "c")])))],
      "proxy_header_repeated",
    ],
    [
      "a raw header with two values",
      [...usual, field(13, field(1, Buffer.concat([field(1, "x-a"), field(2, "b"), field(3, "c")])))],
      "proxy_header_repeated",
    ],
  ])("with %s is refused", async (_name, members, reason) => {
    const { ask } = await startRaw();
    expect(await ask(around(...members))).toEqual([reason === "body_refused" ? 413 : 400, reason]);
  });

  test("with the same said twice, or other bytes in a raw value, passes", async () => {
    const { ask } = await startRaw();
    const same = [entry(":path", "/public/a"), entry("host", "api.example.com"), entry("x-a", Buffer.from("é"))];
    expect(await ask(around(...usual, ...same))).toEqual([200]);
    const raw = field(13, field(1, Buffer.concat([field(1, "x-a"), field(3, "\xff")])));
    expect(await ask(around(...usual, raw))).toEqual([200]);
  });

  test("with a name of the map twice shows both: Authorization is refused (CWE-444)", async () => {
    const { ask, issuer } = await startRaw();
    const one = entry("authorization", `Bearer ${issuer.token()}`);
    const asked = [...usual, field(4, "/private/a")];
    expect(await ask(around(...asked, one))).toEqual([200]);
    expect((await ask(around(...asked, one, one)))[0]).toBe(400);
  });

  test("with a header named __proto__ reaches no prototype (CWE-1321)", async () => {
    const { ask } = await startRaw();
    const bad = [entry("__proto__", "x"), entry("constructor", "y"), field(4, "/private/a")];
    expect(await ask(around(...usual, ...bad))).toEqual([401, "credentials_missing"]);
    expect(Object.hasOwn(Object.prototype, "authorization")).toBe(false);
  });

  test.each([
    ["empty", Buffer.alloc(0)],
    ["without a request", field(1, field(1, field(1, "")))],
  ])("that is %s is refused", async (_name, message) => {
    const { ask } = await startRaw();
    expect(await ask(message)).toEqual([400, "method_malformed"]);
  });

  test.each([
    ["cut short", around(...usual).subarray(0, -3)],
    ["of another length", Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ["of a wrong type", Buffer.from([0x0d, 1, 2])],
    ["noise", Buffer.from("\xff\xfe\xfd\xfc\xfb\xfa", "latin1")],
  ])("that is %s fails the call, and the next one is answered", async (_name, message) => {
    const { ask, client } = await startRaw();
    expect(await readFailure(callWith(client, message))).toBeGreaterThan(0);
    expect(await ask(around(...usual))).toEqual([200]);
  });
});

describe("Sizes", () => {
  const toRequest = (bytes: number): ClientRequest => ({ path: "/public/a", headers: [["x-a", "b".repeat(bytes)]] });

  test("within the bound pass, beyond it fail the call (CWE-770)", async () => {
    const { client, check } = await startEnvoy(`limits: { headerBytes: 8192 }\n${rules}`);
    expect((await check(toRequest(8000))).status).toBe(200);
    const large = serialize(toMessage(toRequest(40_000)));
    expect(await readFailure(callWith(client, large))).toBe(status.RESOURCE_EXHAUSTED);
    expect((await check(toRequest(10))).status).toBe(200);
  });

  test("count after decompression (CWE-409)", async () => {
    const { gateway, check } = await startEnvoy(rules);
    const gzip = connectTo(gateway.address, { "grpc.default_compression_algorithm": 2 });
    expect(await readFailure(callWith(gzip, serialize(toMessage(toRequest(10)))))).toBeUndefined();
    const bomb = serialize(toMessage(toRequest(8_000_000)));
    expect(await readFailure(callWith(gzip, bomb))).toBe(status.RESOURCE_EXHAUSTED);
    expect((await check(toRequest(10))).status).toBe(200);
  });

  test("of many headers are no way around a rule", async () => {
    const { check } = await startEnvoy(rules);
    const headers = Array.from({ length: 2000 }, (_, index) => [`x-${index}`, "b"] as const);
    expect((await check({ path: "/private/a", headers })).status).toBe(401);
    expect((await check({ path: "/public/a", headers })).status).toBe(200);
  });

  test("of a path are bounded", async () => {
    const { check } = await startEnvoy(rules);
    expect((await check({ path: `/public/${"a".repeat(8000)}` })).status).toBe(200);
    expect((await check({ path: `/public/${"a".repeat(9000)}` })).body).toContain("target_too_long");
  });
});

describe("A method other than Check", () => {
  test.each(["/envoy.service.auth.v2.Authorization/Check", "/envoy.service.auth.v3.Authorization/Other", "/"])(
    "gets UNIMPLEMENTED: %s",
    async (path) => {
      const { client } = await startEnvoy(rules);
      expect(await readFailure(callWith(client, around(...usual), { path }))).toBe(status.UNIMPLEMENTED);
    },
  );
});
