// Whatever the issuer's server does instead of answering: nothing usable is 503, a good copy serves on, and the end of it is noticed.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Answer,
  cut,
  drip,
  gzipBomb,
  hang,
  json,
  metadataPath,
  oversize,
  redirect,
  reset,
  status,
  text,
} from "../support/issuer-server.js";
import { refusalOf, verdict } from "../support/keys.js";
import { type Remote, startRemote } from "../support/remote.js";

const everywhere: Readonly<Record<string, Answer>> = {
  "status 204": status(204),
  "status 304": status(304),
  "status 401": status(401),
  "status 404": status(404),
  "status 429": status(429),
  "status 500": status(500),
  "status 503": status(503),
  "an HTML page": text("<html>Down for maintenance</html>"),
  "an empty body": text(""),
  "a body cut in the middle": cut,
  "a dropped connection": reset,
  "no answer at all": hang,
  "an endless drip": drip,
  "64 MiB": oversize,
  "a gzip bomb": gzipBomb,
  "a redirect without a target": status(302),
  "a redirect to no URL": redirect("http://"),
  "a redirect to a file": redirect("file:///etc/passwd"),
  "the JSON value null": json(null),
  "a JSON list": json([]),
  "a JSON string": json("keys"),
  "bytes that are no UTF-8": (_request, response) => void response.writeHead(200).end(Buffer.of(0x7b, 0xff, 0x7d)),
};

const keySets: Readonly<Record<string, Answer>> = {
  ...everywhere,
  "a set without keys": json({ keys: [] }),
  "a document without keys": json({}),
  "keys that are an object": json({ keys: {} }),
  "keys that are null": json({ keys: null }),
  "only unusable keys": json({ keys: [{ kty: "oct", k: "AAAA" }, null, 1] }),
  "too many keys": json({ keys: Array(3000).fill({ kty: "RSA" }) }),
};

const metadata: Readonly<Record<string, Answer>> = {
  ...everywhere,
  "no issuer": json({ jwks_uri: "https://issuer.test/jwks" }),
  "another issuer": json({ issuer: "https://evil.test/", jwks_uri: "https://evil.test/jwks" }),
};

const rows = (faults: Readonly<Record<string, Answer>>): [string, string, Answer][] => [
  ...Object.entries(faults).map(([name, answer]): [string, string, Answer] => [name, "/jwks", answer]),
  ...Object.entries(metadata).map(([name, answer]): [string, string, Answer] => [name, metadataPath, answer]),
];

let remote: Remote;

beforeEach(async () => {
  remote = await startRemote({ keys: { timeout: 0.25 } });
});

afterEach(() => remote.server.close());

describe("An issuer that never answered well before", () => {
  test.each(rows(keySets))("is 503 on %s at %s, and is believed again afterwards", async (_name, path, answer) => {
    const { issuer, origin } = remote.server;
    remote.server.on(path, answer);
    const error = await refusalOf(remote.guard.verify(remote.token()));
    expect([error.reason, error.status]).toEqual(["keys_unavailable", 503]);
    expect(error.retryAfter).toBeGreaterThan(0);
    expect(error.cause).toBeInstanceOf(Error);
    remote.server.on(metadataPath, json({ issuer, jwks_uri: `${origin}/jwks` }));
    remote.server.publish([remote.key.jwk]);
    remote.clock.advance(1);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
  });
});

describe("An issuer whose keys are known", () => {
  test.each(Object.entries(keySets))("is served from the copy on %s", async (_name, answer) => {
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    remote.server.on("/jwks", answer);
    remote.clock.advance(601);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
    expect(remote.server.count("/jwks")).toBeGreaterThan(1);
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
  });
});
