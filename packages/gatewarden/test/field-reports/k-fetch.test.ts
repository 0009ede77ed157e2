// Which functions may be the option `fetch`: what every runtime's own `fetch`, every wrapper and every
// mock has in common. That they compile under the types of undici, Bun and Deno is tested in
// `matrix/consumers` and `matrix/runtimes`.
// A wrapper lacks what Bun's type has: https://github.com/oven-sh/bun/issues/23741, https://github.com/oven-sh/bun/issues/27070
// undici's types are not Node's: https://github.com/nodejs/undici/issues/3639
// A mock is installed after the module with the guard was loaded: https://mswjs.io/docs/api/setup-server/listen/
import { afterEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { createMachine } from "../../src/cli/doctor/machine.js";
import { createRecorder, recordGlobalFetch } from "../../src/cli/doctor/recorder.js";
import { createGuard, type Fetch, type GuardOptions } from "../../src/index.js";
import { createIntrospectionClient } from "../../src/introspection/client/client.js";
import { createTestIssuer } from "../../src/testing/test-issuer.js";
import { start } from "../support/clock.js";
import { jwks, token, verdict } from "../support/keys.js";

afterEach(() => vi.unstubAllGlobals());

const terms = { issuer: "https://issuer.test/", audience: "https://api.test", env: {}, now: () => start };
const keys = { jwksUri: "https://issuer.test/keys" };
const metadata = {
  issuer: terms.issuer,
  jwks_uri: keys.jwksUri,
  introspection_endpoint: "https://issuer.test/introspect",
};
const documents: Readonly<Record<string, object>> = {
  [keys.jwksUri]: jwks,
  "https://issuer.test/.well-known/openid-configuration": metadata,
  [metadata.introspection_endpoint]: { active: true, iss: terms.issuer },
};
const answer = async (url: unknown) => Response.json(documents[String(url)] ?? {}, { status: 200 });
const refuse = async () => Response.json({}, { status: 500 });

/** An answer of another library's: with what is read of one, and no more. */
const foreign = (text: string, status = 200) => {
  const body = new Response(text).body;
  const headers = new Headers({ "content-type": "application/json" });
  const own = {
    get: (name: string) => headers.get(name),
    forEach: (each: (value: string, name: string) => void) => headers.forEach(each),
  };
  return { status, statusText: "", headers: own, body };
};

describe("The option `fetch`", () => {
  test("has a type that no runtime's own function fails", () => {
    expectTypeOf<typeof globalThis.fetch>().toExtend<Fetch>();
    expectTypeOf<NonNullable<GuardOptions["fetch"]>>().toEqualTypeOf<Fetch>();
    expectTypeOf<(url: string) => Promise<Response>>().toExtend<Fetch>();
    expectTypeOf<(url: string | URL | Request, init?: RequestInit) => Promise<Response>>().toExtend<Fetch>();
    // @ts-expect-error what gives no answer is not one.
    const nothing: Fetch = async (_url: string) => undefined;
    // @ts-expect-error nor is what takes no URL as text.
    const odd: Fetch = async (_url: Request) => new Response();
    expect([nothing, odd]).toHaveLength(2);
  });

  test("may answer with what is no Response of this runtime's", async () => {
    const guard = createGuard({ ...terms, keys, fetch: async (url) => foreign(JSON.stringify(documents[url])) });
    expect(await verdict(guard, token())).toBe("accepted");
  });

  test.each([
    ["status 500", foreign("{}", 500)],
    ["no JSON", foreign("x")],
    ["no body", { ...foreign(""), body: null }],
  ])("and is judged as ever: %s", async (_name, answer) => {
    const guard = createGuard({ ...terms, keys, fetch: async () => answer });
    expect(await verdict(guard, token())).toBe("keys_unavailable");
  });

  test("is called as a function, with text and what every runtime takes", async () => {
    const calls: unknown[][] = [];
    const fetch = function (this: unknown, ...given: [string, object]) {
      calls.push([this, ...given]);
      return answer(given[0]);
    };
    await createGuard({ ...terms, keys, fetch }).ready();
    expect(calls).toEqual([
      [undefined, keys.jwksUri, expect.objectContaining({ redirect: "manual", headers: expect.anything() })],
    ]);
  });

  test.each([1, "x", {}, null])("that is %j is refused by name", (fetch) => {
    expect(() => createGuard({ ...terms, fetch: fetch as never })).toThrow("fetch must be a function");
  });
});

describe("The global fetch is looked up with each call", () => {
  test("by a guard over a key set", async () => {
    vi.stubGlobal("fetch", refuse);
    const guard = createGuard({ ...terms, keys });
    vi.stubGlobal("fetch", answer);
    expect(await verdict(guard, token())).toBe("accepted");
  });

  test("by a guard that discovers", async () => {
    vi.stubGlobal("fetch", undefined);
    const guard = createGuard(terms);
    vi.stubGlobal("fetch", answer);
    expect(await verdict(guard, token())).toBe("accepted");
  });

  test("by the introspection client, for metadata and for answers", async () => {
    vi.stubGlobal("fetch", refuse);
    const introspect = createIntrospectionClient({
      issuer: terms.issuer,
      clientId: "api",
      auth: { clientSecret: "s" },
    });
    vi.stubGlobal("fetch", answer);
    expect(await introspect("opaque", { signal: AbortSignal.timeout(5000) })).toMatchObject({ active: true });
  });

  test("by doctor's machine, and by what records it", async () => {
    vi.stubGlobal("fetch", undefined);
    const machine = createMachine({});
    expectTypeOf(machine.fetch).toEqualTypeOf<Fetch>();
    const recorder = createRecorder(machine);
    vi.stubGlobal("fetch", async () => foreign("{}"));
    const seen = await recorder.fetch(keys.jwksUri, { headers: {}, redirect: "manual" });
    expect(await new Response(seen.body as ReadableStream).text()).toBe("{}");
    expect(recorder.exchanges.map(({ url, text }) => [url, text()])).toEqual([[keys.jwksUri, "{}"]]);
  });

  test("by doctor's recorder in its place, which does not ask itself", async () => {
    vi.stubGlobal("fetch", answer);
    const recorder = createRecorder(createMachine({}));
    const seen = await recordGlobalFetch(recorder, () => fetch(new Request(keys.jwksUri)).then((one) => one.json()));
    expect(seen).toEqual({});
    expect(recorder.exchanges.map(({ url }) => url)).toEqual([keys.jwksUri]);
    expect(fetch).toBe(answer);
  });

  test("and not at all where a function is given", async () => {
    vi.stubGlobal("fetch", refuse);
    expect(await verdict(createGuard({ ...terms, keys, fetch: answer }), token())).toBe("accepted");
  });
});

describe("The introspection client", () => {
  const client = (fetch: Fetch) =>
    createIntrospectionClient({ issuer: terms.issuer, clientId: "api", auth: { clientSecret: "s" }, fetch });
  const signal = () => AbortSignal.timeout(5000);

  test("takes answers that are no Response of this runtime's, and sends text", async () => {
    const bodies: unknown[] = [];
    const introspect = client(async (url, init) => {
      if (init.method === "POST") bodies.push([init.body, new Headers(init.headers).get("content-type")]);
      return foreign(JSON.stringify(documents[url]));
    });
    expect(await introspect("opaque", { signal: signal() })).toMatchObject({ active: true });
    const type = expect.stringMatching(/^application\/x-www-form-urlencoded/);
    expect(bodies).toEqual([[expect.stringContaining("token=opaque"), type]]);
  });

  test.each([[401], [500], [204]])("refuses what is no description: %i without a body", async (status) => {
    const introspect = client(async (url) =>
      url === metadata.introspection_endpoint
        ? { ...foreign("", status), body: null }
        : foreign(JSON.stringify(documents[url])),
    );
    await expect(introspect("opaque", { signal: signal() })).rejects.toThrow("Introspection failed");
  });
});

describe("The fetch of a test issuer", () => {
  const issuer = createTestIssuer();

  test("is one", async () => {
    expectTypeOf(issuer.fetch).toExtend<Fetch>();
    const guard = createGuard({ fetch: issuer.fetch, env: issuer.env, now: issuer.clock.now });
    expect(await verdict(guard, issuer.token())).toBe("accepted");
  });

  test("takes text, a URL and any library's Request", async () => {
    const url = "https://issuer.test/.well-known/jwks.json";
    for (const input of [url, new URL(url), new Request(url), { url } as Request]) {
      expect((await issuer.fetch(input)).status).toBe(200);
    }
  });

  test("can stand in the place of the global one, after the guard was made", async () => {
    const guard = createGuard({ env: issuer.env, now: issuer.clock.now });
    vi.stubGlobal("fetch", issuer.fetch);
    expect(await verdict(guard, issuer.token())).toBe("accepted");
  });
});
