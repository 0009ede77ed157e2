// Ten minutes with a provider that misbehaves for six of them, and valid traffic all the while. Prints what callers saw: `npm run chaos`.
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AuthError } from "../../src/index.js";
import { createKey, type TestKey } from "../support/forge.js";
import {
  type Answer,
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
import { bearer, verdict } from "../support/keys.js";
import { createRandom } from "../support/random.js";
import { type Remote, second, startRemote } from "../support/remote.js";

const stepSeconds = 5;
const lastStep = 120;
const [faultFrom, faultUntil] = [12, 84];
const tokensPerStep = 4;
/** What the provider says of its keys, in seconds: short, so that the fault is met often. */
const maxAge = 60;

interface Seen {
  accepted: number;
  refused: number;
  unavailable: number;
}

let remote: Remote;
const table: string[] = [];

beforeEach(async () => {
  remote = await startRemote({ keys: { timeout: 0.5 } });
  heal(remote.key);
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(async () => {
  vi.restoreAllMocks();
  await remote.server.close();
});

afterAll(() => {
  const head = ["fault", "keys", "accepted", "refused", "503", "metadata requests", "key set requests"];
  console.log(["", toRow(head), toRow(head.map(() => "---")), ...table, ""].join("\n"));
});

const toRow = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;

function heal(key: TestKey): void {
  const { issuer, origin } = remote.server;
  remote.server.on(metadataPath, json({ issuer, jwks_uri: `${origin}/jwks` }));
  remote.server.publish([key.jwk], { "cache-control": `max-age=${maxAge}` });
}

type Fault = (server: Remote["server"]) => void;
const keySet = (answer: Answer): Fault => {
  return (server) => server.on("/jwks", answer);
};
const leaked = { ...second.privateKey.export({ format: "jwk" }), kid: "leaked" };
/** Answers well, but late: after a few turns of the event loop. */
const slow: Fault = (server) => {
  const good = json({ keys: [remote.key.jwk] });
  server.on("/jwks", (request, response) => void setTimeout(() => good(request, response), 20));
};

const outages: readonly (readonly [string, Fault])[] = [
  ["no answer", keySet(hang)],
  ["dropped connections", keySet(reset)],
  ["status 500", keySet(status(500))],
  ["status 429", keySet(status(429))],
  ["an HTML page", keySet(text("<html>Down for maintenance</html>"))],
  ["a redirect elsewhere", keySet(redirect("http://127.0.0.2:9/jwks"))],
  ["a redirect in a circle", keySet(redirect("/jwks"))],
  ["64 MiB", keySet(oversize)],
  ["a gzip bomb", keySet(gzipBomb)],
  ["an empty set", keySet(json({ keys: [] }))],
  ["private keys only", keySet(json({ keys: [leaked] }))],
  ["all of it down", (server) => void [server.on(metadataPath, status(503)), server.on("/jwks", status(503))]],
  ["metadata of another issuer", (server) => server.on(metadataPath, json({ issuer: "https://evil.test/" }))],
  [
    "metadata that moves to nowhere",
    (server) => server.on(metadataPath, json({ issuer: server.issuer, jwks_uri: `${server.origin}/gone` })),
  ],
];

const nuisances: readonly (readonly [string, Fault])[] = [
  ["slow answers", slow],
  [
    "private keys beside the good one",
    (server) => server.publish([leaked, remote.key.jwk], { "cache-control": "no-store" }),
  ],
  ["metadata down, keys up", (server) => server.on(metadataPath, status(500))],
];

/** Lives through the ten minutes. A token with a random kid ends each step: it waits for whatever is under way, and is hostile besides. */
async function live(
  misbehave: (step: number) => void,
  signer: (step: number) => TestKey = () => remote.key,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let step = 0; step < lastStep; step++) {
    if (step >= faultFrom && step < faultUntil) misbehave(step);
    if (step === faultUntil) heal(signer(step));
    const token = remote.token(signer(step));
    const outcomes = await Promise.all(
      Array.from({ length: tokensPerStep }, () => remote.guard.attempt(bearer(token))),
    );
    seen.push(tally(outcomes));
    await remote.guard.attempt(bearer(remote.token({ ...second, kid: `random-${step}` })));
    remote.clock.advance(stepSeconds);
  }
  return seen;
}

function tally(outcomes: readonly unknown[]): Seen {
  const statuses = outcomes.map((outcome) => (outcome instanceof AuthError ? outcome.status : 200));
  const count = (code: number) => statuses.filter((status) => status === code).length;
  expect(count(200) + count(401) + count(503)).toBe(outcomes.length);
  return { accepted: count(200), refused: count(401), unavailable: count(503) };
}

function report(fault: string, keys: string, seen: readonly Seen[]): Seen & { readonly worst: number } {
  const sum = (part: keyof Seen) => seen.reduce((total, one) => total + one[part], 0);
  const [metadata, keySets] = [
    remote.server.count(metadataPath),
    remote.server.requests.filter((path) => path !== metadataPath).length,
  ];
  const all = { accepted: sum("accepted"), refused: sum("refused"), unavailable: sum("unavailable") };
  table.push(toRow([fault, keys, all.accepted, all.refused, all.unavailable, metadata, keySets]));
  return { ...all, worst: Math.max(metadata, keySets) };
}

const everything = lastStep * tokensPerStep;
/** Unknown kids may ask once in ten seconds and four times at first; refreshes come every 45 s; the rest is for redirects in a circle. */
const mostRequests = 4 + (lastStep * stepSeconds) / 10 + (lastStep * stepSeconds) / 45 + 60;

/** Loads the keys, however busy this machine is: a load that took too long is tried again after its back-off. */
async function warmUp(): Promise<void> {
  while ((await verdict(remote.guard, remote.token())) !== "accepted") remote.clock.advance(60);
}

describe("With keys at hand", () => {
  beforeEach(warmUp);

  test.each([...outages, ...nuisances])("every valid token passes, through %s", async (name, fault) => {
    const { accepted, worst } = report(
      name,
      "cached",
      await live((step) => step === faultFrom && fault(remote.server)),
    );
    expect(accepted).toBe(everything);
    expect(worst).toBeLessThanOrEqual(mostRequests);
  });

  test("every valid token passes while the provider flaps between all faults", async () => {
    const random = createRandom("flapping");
    const flap = flapper(random);
    const { accepted, worst } = report("flapping", "cached", await live(flap));
    expect(accepted).toBe(everything);
    expect(worst).toBeLessThanOrEqual(mostRequests);
  });
});

describe("With no keys at hand, since the provider misbehaved from the start", () => {
  const fromTheStart = (fault: Fault) => {
    fault(remote.server);
    return live(() => {});
  };

  test.each(outages)("valid tokens are 503, never refused, and pass soon after %s", async (name, fault) => {
    const seen = await fromTheStart(fault);
    const { refused, unavailable, worst } = report(name, "none", seen);
    expect(refused).toBe(0);
    expect(unavailable).toBeGreaterThanOrEqual(faultUntil * tokensPerStep);
    // The longest back-off is a minute.
    expect(seen.slice(faultUntil + 60 / stepSeconds + 1).every(({ accepted }) => accepted === tokensPerStep)).toBe(
      true,
    );
    expect(worst).toBeLessThanOrEqual(mostRequests);
  });

  test("valid tokens are never refused while the provider flaps between all faults", async () => {
    const random = createRandom("flapping from the start");
    const flap = flapper(random);
    outages[random.below(outages.length)]?.[1](remote.server);
    const seen = await live(flap);
    const { refused, worst } = report("flapping", "none", seen);
    expect(refused).toBe(0);
    expect(seen[0]?.unavailable).toBe(tokensPerStep);
    expect(seen.at(-1)?.accepted).toBe(tokensPerStep);
    expect(worst).toBeLessThanOrEqual(mostRequests);
  });
});

function flapper(random: ReturnType<typeof createRandom>): () => void {
  const faults = [...outages, ...nuisances].map(([, fault]) => fault);
  return () => {
    heal(remote.key);
    const choice = random.below(faults.length + 4);
    faults[choice]?.(remote.server);
  };
}

describe("A key swapped under one kid", () => {
  beforeEach(warmUp);

  test("replaces the old one within the time for which the provider calls its set fresh", async () => {
    const replacement = createKey("ES256", remote.key.kid);
    const signer = (step: number) => (step < faultFrom ? remote.key : replacement);
    const seen = await live((step) => step === faultFrom && heal(replacement), signer);
    const { unavailable, worst } = report("a key swapped under one kid", "cached", seen);
    expect(unavailable).toBe(0);
    expect(seen.slice(faultFrom + maxAge / stepSeconds).every(({ accepted }) => accepted === tokensPerStep)).toBe(true);
    expect(await verdict(remote.guard, remote.token())).toBe("signature_invalid");
    expect(worst).toBeLessThanOrEqual(mostRequests);
  });
});
