// Keys over HTTP: one fetch for all who wait, fresh within bounds, rotation honoured, outages survived.
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createKey, forge, signHmac } from "../support/forge.js";
import { gate, hang, json, metadataPath, redirect, startIssuer, status } from "../support/issuer-server.js";
import { audience, bearer, refusalOf, verdict } from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";

let remote: Remote;

beforeEach(async () => {
  remote = await startRemote();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await remote.server.close();
});

const answer = (token: string) => remote.guard.attempt(bearer(token));
const fetches = () => remote.server.count("/jwks");
const loaded = async () => expect(await verdict(remote.guard, remote.token())).toBe("accepted");

describe("A key set that nobody has asked for yet", () => {
  test("is not fetched when the guard is made", async () => {
    remote.another();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(remote.server.requests).toEqual([]);
  });

  test("is fetched once for a thousand concurrent requests, after one look at the metadata", async () => {
    const token = remote.token();
    const verdicts = await Promise.all(Array.from({ length: 1000 }, () => verdict(remote.guard, token)));
    expect(new Set(verdicts)).toEqual(new Set(["accepted"]));
    expect(remote.server.requests).toEqual([metadataPath, "/jwks"]);
  });

  test("is asked for anew when the load was cut off with the request that began it, as Workers do", async () => {
    const never = new Promise<never>(() => {});
    // Neither answers nor times out: all that the request had begun is gone.
    vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(new AbortController().signal);
    const fetching = vi.fn(globalThis.fetch).mockReturnValueOnce(never);
    const guard = remote.another({ fetch: fetching });
    void guard.attempt(bearer(remote.token()));
    await vi.waitFor(() => expect(fetching).toHaveBeenCalledOnce());
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 10_001);
    expect(await verdict(guard, remote.token())).toBe("accepted");
  });

  test("is not fetched for a token of an issuer that is not trusted, whatever URLs the token names", async () => {
    const attacker = await startIssuer();
    const header = { alg: "ES256", kid: "first", jku: `${attacker.origin}/jwks`, x5u: `${attacker.origin}/x` };
    const token = forge({ header, payload: { iss: attacker.issuer, aud: audience, exp: 1e10 }, key: second });
    expect(await verdict(remote.guard, token)).toBe("issuer_untrusted");
    expect([...attacker.requests, ...remote.server.requests]).toEqual([]);
    await attacker.close();
  });

  test.each([
    ["in capitals", (issuer: string) => issuer.replace("http", "HTTP")],
    ["without its slash", (issuer: string) => issuer.slice(0, -1)],
    ["with a path", (issuer: string) => `${issuer}x`],
    ["with a user name", (issuer: string) => issuer.replace("//", "//user@")],
    ["by another name of the host", (issuer: string) => issuer.replace("127.0.0.1", "localhost")],
    ["in a list", (issuer: string) => [issuer]],
  ])("is not fetched for a token that spells the issuer %s", async (_name, spell) => {
    const token = remote.token(remote.key, { iss: spell(remote.server.issuer) });
    expect(await verdict(remote.guard, token)).toBe("issuer_untrusted");
    expect(remote.server.requests).toEqual([]);
  });

  test("is never replaced by keys that a header points to", async () => {
    const attacker = await startIssuer();
    attacker.publish([second.jwk]);
    const header = {
      alg: "ES256",
      kid: "second",
      jku: `${attacker.origin}/jwks`,
      x5u: `${attacker.origin}/x`,
      jwk: second.jwk,
    };
    const token = forge({ header, payload: { iss: remote.server.issuer, aud: audience, exp: 1e10 }, key: second });
    expect(await verdict(remote.guard, token)).toBe("key_unknown");
    expect(attacker.requests).toEqual([]);
    await attacker.close();
  });
});

describe("A fetched key set", () => {
  const move = () => {
    const { origin, issuer } = remote.server;
    remote.server.on("/moved", json({ keys: [second.jwk] }));
    remote.server.on(metadataPath, json({ issuer, jwks_uri: `${origin}/moved` }));
  };

  test("answers without a promise", async () => {
    await loaded();
    expect(answer(remote.token())).not.toBeInstanceOf(Promise);
  });

  test.each([
    ["max-age=60", 60],
    ["public, max-age=120, must-revalidate", 120],
    ['max-age="90"', 90],
    ["MAX-AGE=60", 60],
    ["max-age=1", 15],
    ["max-age=0", 15],
    ["no-store", 15],
    ["no-cache, max-age=300", 15],
    ["max-age=999999", 600],
    ["max-age=99999999999999999999", 600],
    ["max-age=-1", 600],
    ["max-age=abc", 600],
    ["s-maxage=30", 600],
    ["private", 600],
  ])("with Cache-Control %s is refreshed in the background before %i seconds are over", async (header, age) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    remote.server.publish([remote.key.jwk], { "cache-control": header });
    await loaded();
    remote.clock.advance(age * 0.75 - 0.5);
    await loaded();
    expect(fetches()).toBe(1);
    remote.clock.advance(0.5);
    expect(answer(remote.token())).not.toBeInstanceOf(Promise);
    await vi.waitFor(() => expect(fetches()).toBe(2));
  });

  test.each([
    [0, 450],
    [0.5, 405],
    [1, 360],
  ])("is refreshed with jitter: with a random number of %d after %d s of 600", async (random, seconds) => {
    vi.spyOn(Math, "random").mockReturnValue(random);
    await loaded();
    remote.clock.advance(seconds - 1);
    await loaded();
    expect(fetches()).toBe(1);
    remote.clock.advance(1.5);
    expect(answer(remote.token())).not.toBeInstanceOf(Promise);
    await vi.waitFor(() => expect(fetches()).toBe(2));
  });

  test("delays nobody while it is refreshed in the background", async () => {
    await loaded();
    remote.server.on("/jwks", hang);
    remote.clock.advance(451);
    expect(answer(remote.token())).not.toBeInstanceOf(Promise);
    await vi.waitFor(() => expect(fetches()).toBe(2));
    expect(answer(remote.token())).not.toBeInstanceOf(Promise);
    expect(fetches()).toBe(2);
  });

  test("loses a key that was removed once its time is over", async () => {
    await loaded();
    remote.server.publish([second.jwk]);
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("loses a removed key even when the time is over by far", async () => {
    await loaded();
    remote.server.publish([second.jwk]);
    remote.clock.advance(600 + 80_000);
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
  });

  test("takes new material under an old kid, and drops what was there", async () => {
    const replacement = createKey("ES256", "first");
    await loaded();
    remote.server.publish([replacement.jwk]);
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token(replacement))).toBe("accepted");
    expect(await verdict(remote.guard, remote.token())).toBe("signature_invalid");
  });

  test("is found again where the metadata says that it moved to", async () => {
    await loaded();
    remote.server.on("/jwks", status(404));
    move();
    remote.clock.advance(61);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("is found where it moved to by the first unknown kid, even while the old place still answers", async () => {
    await loaded();
    move();
    remote.clock.advance(61);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
    expect(fetches()).toBe(1);
  });

  test("is found where it moved to while the old place answers with an empty set", async () => {
    await loaded();
    remote.server.publish([]);
    move();
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token())).toBe("key_unknown");
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("is looked for at its old place while the metadata cannot be reached", async () => {
    await loaded();
    remote.server.on(metadataPath, status(500));
    remote.server.publish([remote.key.jwk, second.jwk]);
    remote.clock.advance(61);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("costs two looks at the metadata in a minute, however many unknown kids and failures there are", async () => {
    await loaded();
    for (let second = 0; second < 180; second++) {
      remote.server.on("/jwks", second % 2 ? status(500) : json({ keys: [remote.key.jwk] }));
      await verdict(remote.guard, remote.token({ ...remote.key, kid: `x${second}` }));
      remote.clock.advance(1);
    }
    expect(remote.server.count(metadataPath)).toBeLessThanOrEqual(6);
  });

  test("may be narrowed to a shorter time by the developer", async () => {
    const guard = remote.another({ keys: { maxAge: 20 } });
    await verdict(guard, remote.token());
    remote.server.publish([second.jwk], { "cache-control": "max-age=600" });
    remote.clock.advance(21);
    expect(await verdict(guard, remote.token())).toBe("key_unknown");
  });
});

describe("All requests of one load", () => {
  test("share one deadline of twice the timeout, so that a cold start is over in time", async () => {
    let time = 0;
    vi.spyOn(performance, "now").mockImplementation(() => time);
    const limits = vi.spyOn(AbortSignal, "timeout");
    const slow = async (url: unknown) => {
      time += 4900;
      const { issuer } = remote.server;
      if (String(url).includes("openid")) return new Response("", { status: 404 });
      return Response.json(String(url).includes("oauth") ? { issuer, jwks_uri: `${issuer}keys` } : {});
    };
    const error = await refusalOf(remote.another({ fetch: slow }).verify(remote.token()));
    expect(limits.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([5000, 5000, 200]);
    expect(error.reason).toBe("keys_unavailable");
  });

  test("end with the deadline: what was not asked by then is not asked", async () => {
    let time = 0;
    vi.spyOn(performance, "now").mockImplementation(() => time);
    const asked = vi.fn();
    const slow = async (url: unknown) => {
      asked(url);
      time += 11_000;
      return Response.json({ issuer: remote.server.issuer, jwks_uri: `${remote.server.issuer}keys` });
    };
    const error = await refusalOf(remote.another({ fetch: slow }).verify(remote.token()));
    expect(asked).toHaveBeenCalledOnce();
    expect(String(error.cause)).toContain("was not tried: no time was left");
  });
});

describe("An unknown kid", () => {
  test("is asked for at once, so that a rotation is honoured with its first token", async () => {
    await loaded();
    remote.server.publish([remote.key.jwk, second.jwk]);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
    expect(fetches()).toBe(2);
    expect(remote.server.count(metadataPath)).toBe(1);
  });

  test("is asked for once, however many requests carry it", async () => {
    await loaded();
    remote.server.publish([remote.key.jwk, second.jwk]);
    const token = remote.token(second);
    const verdicts = await Promise.all(Array.from({ length: 200 }, () => verdict(remote.guard, token)));
    expect(new Set(verdicts)).toEqual(new Set(["accepted"]));
    expect(fetches()).toBe(2);
  });

  test("is asked for again when it arrives while an answer from before the rotation is on its way", async () => {
    await loaded();
    const old = gate(json({ keys: [remote.key.jwk] }));
    remote.server.on("/jwks", old.answer);
    remote.clock.advance(451);
    answer(remote.token());
    await vi.waitFor(() => expect(fetches()).toBe(2));
    remote.server.publish([remote.key.jwk, second.jwk]);
    const rotated = verdict(remote.guard, remote.token(second));
    old.open();
    expect(await rotated).toBe("accepted");
  });

  test("that was refused once is found a second later, if it was published late", async () => {
    await loaded();
    expect(await verdict(remote.guard, remote.token(second))).toBe("key_unknown");
    remote.server.publish([remote.key.jwk, second.jwk]);
    remote.clock.advance(1);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("that nobody published is refused, and not looked for again before long", async () => {
    await loaded();
    const verdicts = [];
    for (let round = 0; round < 50; round++) verdicts.push(await verdict(remote.guard, remote.token(second)));
    expect(new Set(verdicts)).toEqual(new Set(["key_unknown"]));
    expect(fetches()).toBe(2);
  });

  test("in ten thousand spellings costs the issuer next to nothing, and a rotation in the middle is honoured", async () => {
    await loaded();
    const bogus = (name: string) => remote.token({ ...second, kid: name });
    const verdicts = new Map<string, number>();
    const send = async (name: string) => {
      const given = await verdict(remote.guard, bogus(name));
      verdicts.set(given, (verdicts.get(given) ?? 0) + 1);
    };
    for (let n = 0; n < 5000; n++) await send(`a${n}`);
    // Those that the issuer was asked for are refused; the others may exist.
    expect(Object.fromEntries(verdicts)).toEqual({ key_unknown: 3, keys_unavailable: 4997 });
    const before = fetches();
    expect(before).toBeLessThanOrEqual(4);
    remote.server.publish([remote.key.jwk, second.jwk]);
    const tries = [
      await verdict(remote.guard, remote.token(second)),
      await verdict(remote.guard, remote.token(second)),
    ];
    expect(tries).toContain("accepted");
    for (let n = 0; n < 5000; n++) await send(`b${n}`);
    expect(Object.fromEntries(verdicts)).toEqual({ key_unknown: 3, keys_unavailable: 9997 });
    expect(fetches() - before).toBeLessThanOrEqual(4);
  });

  test("is honoured again within ten seconds, even while others use up the budget", async () => {
    await loaded();
    const bogus = remote.token({ ...second, kid: "bogus" });
    for (let n = 0; n < 20; n++) await verdict(remote.guard, bogus);
    remote.server.publish([remote.key.jwk, second.jwk]);
    remote.clock.advance(10);
    await verdict(remote.guard, bogus);
    expect(await verdict(remote.guard, remote.token(second))).toBe("accepted");
  });

  test("never delays a token whose key is known, while the issuer hangs", async () => {
    await loaded();
    remote.server.on("/jwks", hang);
    const waiting = verdict(remote.another({ keys: { timeout: 0.3 } }), remote.token());
    const unknown = remote.guard.attempt(bearer(remote.token(second)));
    expect(unknown).toBeInstanceOf(Promise);
    await vi.waitFor(() => expect(fetches()).toBe(3));
    expect(answer(remote.token())).not.toBeInstanceOf(Promise);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    expect(await waiting).toBe("keys_unavailable");
  });

  test("is 503 and not 401 while the issuer cannot be asked, since the key may be new", async () => {
    await loaded();
    remote.server.on("/jwks", status(500));
    const error = await refusalOf(remote.guard.verify(remote.token(second)));
    expect([error.reason, error.status, error.retryAfter]).toEqual(["keys_unavailable", 503, 1]);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
  });
});

describe("While the issuer is down", () => {
  test("the last good set serves for the agreed time, and then the answer is 503", async () => {
    await loaded();
    remote.server.on("/jwks", status(500));
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    remote.clock.advance(86_398);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    remote.clock.advance(1);
    const error = await refusalOf(remote.guard.verify(remote.token()));
    expect([error.reason, error.status]).toEqual(["keys_unavailable", 503]);
    expect(remote.guard.refusal(error).headers).toMatchObject({ "retry-after": expect.stringMatching(/^[1-9]\d*$/) });
  });

  test("nothing serves beyond its time when staleIfError is 0", async () => {
    const guard = remote.another({ keys: { staleIfError: 0 } });
    expect(await verdict(guard, remote.token())).toBe("accepted");
    remote.server.on("/jwks", status(500));
    remote.clock.advance(600);
    expect(await verdict(guard, remote.token())).toBe("keys_unavailable");
  });

  test("a thousand requests cost one fetch, and further ones none before the back-off is over", async () => {
    remote.server.on("/jwks", status(500));
    const token = remote.token();
    const verdicts = await Promise.all(Array.from({ length: 1000 }, () => verdict(remote.guard, token)));
    for (let n = 0; n < 50; n++) verdicts.push(await verdict(remote.guard, token));
    expect(new Set(verdicts)).toEqual(new Set(["keys_unavailable"]));
    expect(fetches()).toBe(1);
  });

  test("the time between fetches doubles up to a minute", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    vi.spyOn(performance, "now").mockReturnValue(1000);
    remote.server.on("/jwks", status(500));
    const times: number[] = [];
    for (let second = 0; second < 400; second++) {
      const before = fetches();
      await verdict(remote.guard, remote.token());
      if (fetches() > before) times.push(second);
      remote.clock.advance(1);
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363]);
  });

  test.each([
    [0, 0.5],
    [0.5, 0.75],
    [1, 1],
  ])("the time between fetches has jitter: with a random number of %d it is %d seconds", async (random, seconds) => {
    vi.spyOn(Math, "random").mockReturnValue(random);
    remote.server.on("/jwks", status(500));
    await verdict(remote.guard, remote.token());
    remote.clock.advance(seconds - 0.01);
    await verdict(remote.guard, remote.token());
    expect(fetches()).toBe(1);
    remote.clock.advance(0.02);
    await verdict(remote.guard, remote.token());
    expect(fetches()).toBe(2);
  });

  test("an old set is refreshed no more often than the back-off allows", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    await loaded();
    remote.server.on("/jwks", status(500));
    remote.clock.advance(601);
    for (let n = 0; n < 100; n++) expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    expect(fetches()).toBe(2);
  });

  test("a flood of unknown kids does not break the back-off", async () => {
    await loaded();
    remote.server.on("/jwks", status(500));
    for (let n = 0; n < 500; n++) {
      expect(await verdict(remote.guard, remote.token({ ...second, kid: `x${n}` }))).toBe("keys_unavailable");
    }
    expect(fetches()).toBe(2);
  });

  test("ready() says what is the matter, and resolves once it is over", async () => {
    remote.server.on("/jwks", status(500));
    await expect(remote.guard.ready()).rejects.toThrow(/\/jwks answered with status 500/);
    remote.server.publish([remote.key.jwk]);
    remote.clock.advance(1);
    await expect(remote.guard.ready()).resolves.toBeUndefined();
  });

  test("ready() waits for the back-off: a health check that polls does not ask the issuer each time", async () => {
    remote.server.on("/jwks", status(500));
    for (let poll = 0; poll < 20; poll++) {
      await expect(remote.guard.ready()).rejects.toThrow(/\/jwks answered with status 500/);
    }
    expect(fetches()).toBe(1);
  });
});

describe("A key set that holds what it must not", () => {
  const secret = Buffer.alloc(32, 7).toString("base64url");

  test("is used without its private and symmetric keys, and the operator is warned once", async () => {
    const leaked = { ...second.privateKey.export({ format: "jwk" }), kid: "second" };
    remote.server.publish([remote.key.jwk, leaked, { kty: "oct", kid: "oct", k: secret }]);
    const warned = once(process, "warning");
    await loaded();
    const [warning] = (await warned) as [Error & { code?: string }];
    expect([warning.name, warning.code]).toEqual(["GatewardenWarning", "GATEWARDEN_KEY_IGNORED"]);
    expect(warning.message).toContain('key "second" holds the private member "d"');
    expect(warning.message).not.toContain(secret);
    expect(await verdict(remote.guard, remote.token(second))).toBe("key_unknown");
    const listener = vi.fn();
    process.on("warning", listener);
    remote.clock.advance(601);
    await loaded();
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listener);
    expect(listener).not.toHaveBeenCalled();
  });

  test("never lends a symmetric key to an HMAC token", async () => {
    remote.server.publish([remote.key.jwk, { kty: "oct", kid: "oct", k: secret, alg: "HS256" }]);
    const good = remote.token().split(".");
    const input = `${Buffer.from('{"alg":"HS256","kid":"oct"}').toString("base64url")}.${good[1]}`;
    const token = `${input}.${signHmac("HS256", Buffer.alloc(32, 7), input).toString("base64url")}`;
    expect(await verdict(remote.guard, token)).toBe("algorithm_not_allowed");
  });

  test("keeps its good keys when another is of an unknown type", async () => {
    const odd = ["AKP", "__proto__", "constructor", "toString", "", 5, null, ["RSA"]].map((kty) => ({
      kty,
      kid: "odd",
    }));
    remote.server.publish([...odd, null, 1, "x", [], {}, remote.key.jwk]);
    await loaded();
  });

  test("counts as a failure when nothing in it is usable: the old keys stay", async () => {
    await loaded();
    remote.server.publish([]);
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
  });
});

describe("Redirects", () => {
  test("are followed within the origin", async () => {
    remote.server.on("/jwks", redirect("/elsewhere"));
    remote.server.on("/elsewhere", json({ keys: [remote.key.jwk] }));
    await loaded();
  });

  test.each([301, 302, 303, 307, 308])(
    "with status %i to another origin are refused without asking there",
    async (code) => {
      const attacker = await startIssuer();
      attacker.publish([remote.key.jwk]);
      remote.server.on("/jwks", redirect(`${attacker.origin}/jwks`, code));
      expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
      expect(attacker.requests).toEqual([]);
      await attacker.close();
    },
  );

  test("to another origin are refused for metadata too", async () => {
    const attacker = await startIssuer();
    remote.server.on(metadataPath, redirect(`${attacker.origin}${metadataPath}`));
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
    expect(attacker.requests).toEqual([]);
    await attacker.close();
  });

  test("to another origin behind one within the origin are refused", async () => {
    const attacker = await startIssuer();
    remote.server.on("/jwks", redirect("/hop"));
    remote.server.on("/hop", redirect(`${attacker.origin}/jwks`));
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
    expect(attacker.requests).toEqual([]);
    await attacker.close();
  });

  test("in a circle end", async () => {
    remote.server.on("/jwks", redirect("/jwks"));
    expect(await verdict(remote.guard, remote.token())).toBe("keys_unavailable");
    expect(fetches()).toBeLessThan(10);
  });
});
