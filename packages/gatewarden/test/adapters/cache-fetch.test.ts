// Keys shared between isolates: what is taken from the cache, what is not, and for how long. workerd itself is asked in matrix/runtimes.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CacheFetchOptions, createCacheFetch, type KeyCache } from "../../src/adapters/fetch.js";
import { AuthError, ConfigError, createGuard, type GuardOptions } from "../../src/index.js";
import { createKey, forge, type TestKey } from "../support/forge.js";
import {
  type Answer,
  type IssuerServer,
  json,
  metadataPath,
  startIssuer,
  status,
  text,
} from "../support/issuer-server.js";

const [first, second] = [createKey("ES256", "first"), createKey("ES256", "second")];
const audience = "https://api.test";
let issuer: IssuerServer;
let entries: Map<string, { readonly text: string; readonly headers: Record<string, string> }>;
let seconds: number;

const cache: KeyCache = {
  match: async (url) => {
    const entry = entries.get(url);
    return entry && new Response(entry.text, { headers: entry.headers });
  },
  put: async (url, response) => {
    entries.set(url, { text: await response.text(), headers: Object.fromEntries(response.headers) });
  },
};

beforeEach(async () => {
  issuer = await startIssuer();
  issuer.publish([first.jwk]);
  entries = new Map();
  seconds = Date.now() / 1000;
});
afterEach(() => issuer.close());

function tokenOf(key: TestKey): string {
  const payload = { iss: issuer.issuer, aud: audience, sub: "user|1", iat: seconds, exp: seconds + 86_400 };
  return forge({ header: { alg: "ES256", kid: key.kid }, payload, key });
}

/** An isolate: a guard of its own, and the cache that all share. */
function createIsolate(options: CacheFetchOptions = {}, guardOptions: GuardOptions = {}, shared = cache) {
  const fetch = createCacheFetch(shared, { now: () => seconds * 1000, ...options });
  const guard = createGuard({ issuer: issuer.issuer, audience, fetch, now: () => seconds, env: {}, ...guardOptions });
  return async (key: TestKey) => {
    const outcome = await guard.attempt({
      method: "GET",
      url: "/",
      headers: { authorization: `Bearer ${tokenOf(key)}` },
    });
    return outcome instanceof AuthError ? outcome.reason : "accepted";
  };
}

const asked = () => [issuer.count(metadataPath), issuer.count("/jwks")];

describe("A second isolate", () => {
  test("needs neither metadata nor keys of the issuer", async () => {
    expect(await createIsolate()(first)).toBe("accepted");
    expect(asked()).toEqual([1, 1]);
    expect(await createIsolate()(first)).toBe("accepted");
    expect(asked()).toEqual([1, 1]);
  });

  test("accepts nothing that the first would not", async () => {
    await createIsolate()(first);
    const forged = { ...second, kid: "first" };
    expect(await createIsolate()(forged)).toBe("signature_invalid");
  });

  test("finds a key that the issuer rotated to, with its first token: an unknown kid is asked of the issuer", async () => {
    await createIsolate()(first);
    issuer.publish([first.jwk, second.jwk]);
    expect(await createIsolate()(second)).toBe("accepted");
    expect(issuer.count("/jwks")).toBe(2);
    // And what it found is shared again.
    expect(await createIsolate()(second)).toBe("accepted");
    expect(issuer.count("/jwks")).toBe(2);
  });

  test("refuses a key that nobody published, having asked the issuer", async () => {
    await createIsolate()(first);
    expect(await createIsolate()(second)).toBe("key_unknown");
    expect(issuer.count("/jwks")).toBe(2);
  });

  test("finds keys that moved, with its first token", async () => {
    await createIsolate()(first);
    issuer.on(metadataPath, json({ issuer: issuer.issuer, jwks_uri: `${issuer.origin}/moved` }));
    issuer.on("/moved", json({ keys: [second.jwk] }));
    issuer.on("/jwks", status(404));
    expect(await createIsolate()(second)).toBe("accepted");
  });

  test("works through an outage of the issuer, with what the first one stored", async () => {
    await createIsolate()(first);
    for (const path of [metadataPath, "/jwks"]) issuer.on(path, status(503));
    expect(await createIsolate()(first)).toBe("accepted");
    expect(await createIsolate()(second)).toBe("keys_unavailable");
  });
});

describe("What the cache holds", () => {
  test.each([
    ["ten minutes, where the server says nothing", {}, 600],
    ["as long as the server says", { "cache-control": "public, max-age=120" }, 120],
    ["never longer than ten minutes", { "cache-control": "max-age=86400" }, 600],
    ["less by the time that another cache held it", { "cache-control": "max-age=120", age: "100" }, 20],
  ])("is taken for %s", async (_name, headers, age) => {
    issuer.publish([first.jwk], headers);
    await createIsolate()(first);
    seconds += age - 1.5;
    expect([await createIsolate()(first), issuer.count("/jwks")]).toEqual(["accepted", 1]);
    seconds += 2;
    expect([await createIsolate()(first), issuer.count("/jwks")]).toEqual(["accepted", 2]);
  });

  test("is taken for as long as the developer says, if that is shorter", async () => {
    await createIsolate({ maxAge: 60 })(first);
    seconds += 61;
    await createIsolate({ maxAge: 60 })(first);
    expect(issuer.count("/jwks")).toBe(2);
  });

  test("does not get younger by being taken: a withdrawn key is gone when the server's time is over", async () => {
    issuer.publish([first.jwk], { "cache-control": "max-age=300" });
    await createIsolate()(first);
    seconds += 200;
    const later = createIsolate();
    expect(await later(first)).toBe("accepted");
    issuer.publish([second.jwk]);
    seconds += 101;
    expect(await later(first)).toBe("key_unknown");
  });

  test.each(["no-store", "no-cache", "private, max-age=600", "max-age=0"])(
    "is never stored with %s",
    async (header) => {
      issuer.publish([first.jwk], { "cache-control": header });
      await createIsolate()(first);
      expect([...entries.keys()].filter((url) => url.includes("jwks"))).toEqual([]);
      expect(await createIsolate()(first)).toBe("accepted");
      expect(issuer.count("/jwks")).toBe(2);
    },
  );

  test.each<[string, Answer]>([
    ["an error", status(500)],
    ["a page with status 200", text("<html>maintenance</html>")],
    ["JSON that is neither metadata nor keys", json({ error: "later" })],
    ["null", json(null)],
    [
      "what is not UTF-8",
      (_request, response) => void response.end(Buffer.from('{"keys":[{"kid":"\xff"}]}', "latin1")),
    ],
    ["keys of half a megabyte", json({ keys: [], padding: "x".repeat(600_000) })],
  ])("is never %s", async (_name, answer) => {
    issuer.on("/jwks", answer);
    expect(await createIsolate()(first)).toBe("keys_unavailable");
    expect([...entries.keys()].filter((url) => url.includes("jwks"))).toEqual([]);
  });

  test("stands under a name that no server can have", async () => {
    await createIsolate()(first);
    expect([...entries.keys()].map((url) => new URL(url).host)).toEqual(["gatewarden.invalid", "gatewarden.invalid"]);
  });

  test.each<[string, (entry: Record<string, string>) => void]>([
    ["without its time", (headers) => delete headers["x-gatewarden-stored"]],
    ["with a time that is no number", (headers) => Object.assign(headers, { "x-gatewarden-stored": "soon" })],
    ["from the future", (headers) => Object.assign(headers, { "x-gatewarden-stored": String((seconds + 60) * 1000) })],
    ["without its lifetime", (headers) => delete headers["cache-control"]],
  ])("is not believed %s", async (_name, spoil) => {
    await createIsolate()(first);
    for (const { headers } of entries.values()) spoil(headers);
    expect(await createIsolate()(first)).toBe("accepted");
    expect(asked()).toEqual([2, 2]);
  });

  test("goes through the same checks as an answer: metadata of another issuer are refused", async () => {
    await createIsolate()(first);
    for (const [url, { headers }] of entries) {
      if (!url.includes("jwks"))
        entries.set(url, { headers, text: JSON.stringify({ issuer: "https://evil/", jwks_uri: "https://evil/jwks" }) });
    }
    expect(await createIsolate()(first)).toBe("keys_unavailable");
  });

  test("is taken once by an isolate: its refresh asks the issuer", async () => {
    await createIsolate()(first);
    const isolate = createIsolate();
    await isolate(first);
    seconds += 601;
    issuer.publish([second.jwk]);
    await createIsolate()(second);
    expect(issuer.count("/jwks")).toBe(2);
    expect(await isolate(first)).toBe("key_unknown");
    expect(issuer.count("/jwks")).toBe(3);
  });
});

describe("A cache that fails", () => {
  const fail = () => Promise.reject(new Error("no cache here"));
  test.each<[string, KeyCache | (() => Promise<KeyCache>)]>([
    ["to open", fail],
    ["to answer", { match: fail, put: fail }],
    [
      "by throwing",
      {
        match: () => {
          throw new Error("no cache here");
        },
        put: fail,
      },
    ],
  ])("%s leaves the guard as it is without one", async (_name, broken) => {
    const isolate = createIsolate({}, {}, broken as KeyCache);
    expect(await isolate(first)).toBe("accepted");
    expect(await isolate(second)).toBe("key_unknown");
  });

  test.each([undefined, null, {}, "default"])("to be one is refused at once: %j", (wrong) => {
    expect(() => createCacheFetch(wrong as never)).toThrow(ConfigError);
  });

  test.each([0, -1, Number.NaN, "60", 1e9])("to be bounded is refused at once: %j", (maxAge) => {
    expect(() => createCacheFetch(cache, { maxAge: maxAge as never })).toThrow(/^maxAge must be/);
  });
});

test("what is not a GET is sent on, and leaves no trace", async () => {
  const sent: string[] = [];
  const inner = async (url: string, init: { method?: string }) => {
    sent.push(`${init.method} ${url}`);
    return Response.json({ keys: [] });
  };
  const fetch = createCacheFetch(cache, { fetch: inner as never });
  await fetch("https://issuer.test/introspect", { method: "POST", headers: {}, redirect: "manual" });
  expect([sent, entries.size]).toEqual([["POST https://issuer.test/introspect"], 0]);
});

describe("A cache on the way to the issuer, which says so with Age,", () => {
  test.each([
    ["may be older than a key: the issuer is asked once more", { age: "5" }, "accepted", 2],
    ["is told from the issuer itself, whose answer to this request is the newest", {}, "key_unknown", 1],
  ])("%s", async (_name, headers: Record<string, string>, verdict, count) => {
    issuer.on("/jwks", (request, response) => {
      const isFirst = issuer.count("/jwks") === 1;
      json({ keys: isFirst ? [first.jwk] : [first.jwk, second.jwk] }, headers)(request, response);
    });
    const guard = createGuard({ issuer: issuer.issuer, audience, env: {} });
    const outcome = await guard.verify(tokenOf(second)).then(
      () => "accepted",
      (error: AuthError) => error.reason,
    );
    expect([outcome, issuer.count("/jwks")]).toEqual([verdict, count]);
  });
});
