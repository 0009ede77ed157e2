// Poll delivery (RFC 8936) against a transmitter over real sockets.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigError, createGuard } from "../../src/index.js";
import {
  createSignalsReceiver,
  createStreamClient,
  type PollOptions,
  type SignalsPoll,
} from "../../src/signals/signals.js";
import { createClock } from "../support/clock.js";
import { issuer, token, verdict } from "../support/keys.js";
import { createSignalBench, receiverAudience, sessionRevoked, setToken } from "./_signal.js";
import { answer, answerAll, startTransmitter, streamId, type Transmitter, transmitterTerms } from "./_transmitter.js";

let transmitter: Transmitter;
const polls: SignalsPoll[] = [];
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeEach(async () => {
  process.on("unhandledRejection", note);
  transmitter = await startTransmitter();
});
afterEach(async () => {
  await Promise.all(polls.splice(0).map((poll) => poll.close()));
  await transmitter.close();
  process.off("unhandledRejection", note);
  expect(rejections.splice(0)).toEqual([]);
});

function startPoll(bench = createSignalBench(), changes: Partial<PollOptions> = {}) {
  const endpoint = `${transmitter.origin}/poll`;
  const poll = bench.receiver.poll({ endpoint, ...transmitterTerms, ...changes });
  polls.push(poll);
  return { ...bench, poll };
}

const bodies = () => transmitter.received.filter(({ url }) => url === "/poll").map(({ body }) => body);

describe("A poll", () => {
  test("carries out what it gets, and acknowledges it with the next request (§2.4)", async () => {
    transmitter.add("set-1", setToken());
    const { guard } = startPoll();
    await transmitter.emptied();
    expect(await verdict(guard, token())).toBe("token_revoked");
    const [first, second] = bodies();
    expect(first).toEqual({ maxEvents: 25, returnImmediately: false });
    expect(second).toEqual({ maxEvents: 25, returnImmediately: false, ack: ["set-1"] });
  });

  test("waits in one request until an event comes", async () => {
    const { guard } = startPoll();
    await transmitter.polls(1);
    transmitter.add("set-1", setToken());
    await transmitter.emptied();
    expect(await verdict(guard, token())).toBe("token_revoked");
    expect(bodies()).toHaveLength(2);
  });

  test("reports a token that it refuses, and goes on with the others (§2.4, §2.6)", async () => {
    transmitter.add("bad", setToken({ jti: "bad", aud: "other" }));
    transmitter.add("text", "nonsense");
    transmitter.add("set-1", setToken());
    transmitter.add("renamed", setToken({ jti: "another" }));
    transmitter.add("__proto__", setToken({ jti: "__proto__", aud: "other" }));
    startPoll();
    await transmitter.emptied();
    expect(transmitter.errors).toMatchObject({
      bad: { err: "invalid_audience", description: "The SET was refused: audience_mismatch (aud)" },
      text: { err: "invalid_request" },
      renamed: { err: "invalid_request", description: "The SET was refused: claim_invalid (jti)" },
    });
    expect(bodies()[1].ack).toEqual(["set-1"]);
  });

  test("asks for as many as it is told, until there are no more", async () => {
    for (const jti of ["1", "2", "3"]) transmitter.add(jti, setToken({ jti }));
    const { reports } = startPoll(createSignalBench(), { maxEvents: 2 });
    await transmitter.emptied();
    expect(reports).toHaveLength(3);
    expect(bodies().map(({ maxEvents }) => maxEvents)).toEqual(expect.arrayContaining([2, 2]));
  });

  test("leaves unacknowledged what cannot be carried out, and gets it again", async () => {
    const revoke = vi.fn().mockRejectedValueOnce(new Error("down"));
    transmitter.add("set-1", setToken());
    startPoll(createSignalBench({ revocations: { revoke } }));
    await transmitter.emptied();
    expect(revoke).toHaveBeenCalledTimes(2);
    expect(bodies()[1]).not.toHaveProperty("ack");
  });

  test("acknowledges again after a request that failed, backs off, and recovers", async () => {
    let failures = 0;
    transmitter.add("set-1", setToken());
    transmitter.intercept = ({ body }, response) => {
      if (body?.ack === undefined || failures > 0) return false;
      failures++;
      answer(response, 500);
      return true;
    };
    const { poll } = startPoll();
    await transmitter.emptied();
    expect(bodies().filter(({ ack }) => ack?.[0] === "set-1")).toHaveLength(2);
    expect(poll.status()).toMatchObject({ failed: 1 });
  });

  test.each<[string, Transmitter["intercept"]]>([
    ["a status", answerAll((response) => void answer(response, 401))],
    [
      "a redirect elsewhere",
      answerAll((response) => void response.writeHead(307, { location: "http://127.0.0.1:1/" }).end()),
    ],
    ["what is not JSON", answerAll((response) => void response.end("<html>"))],
    ["no sets", answerAll((response) => void answer(response, 200, {}))],
    ["a list of sets", answerAll((response) => void answer(response, 200, { sets: [setToken()] }))],
    ["nothing", answerAll((response) => void response.destroy())],
    ["more than 512 KiB", answerAll((response) => void answer(response, 200, { sets: { a: "x".repeat(600_000) } }))],
  ])("that is answered with %s counts it as a failure, and quotes nothing", async (_name, intercept) => {
    transmitter.intercept = intercept;
    const { poll } = startPoll();
    await vi.waitFor(() => expect(poll.status().failed).toBeGreaterThan(0), { timeout: 10_000 });
    expect(poll.status().failingSince).toBeTypeOf("number");
    expect(String(poll.status().lastError)).not.toMatch(/html|Bearer/);
  });

  test("does not run in circles where the transmitter repeats itself or answers at once", async () => {
    const sets = { "set-1": setToken() };
    transmitter.intercept = answerAll((response) => answer(response, 200, { sets, moreAvailable: true }));
    const { reports, poll } = startPoll(createSignalBench(), { interval: 3600 });
    await vi.waitFor(() => expect(reports.length).toBe(2), { timeout: 10_000 });
    await poll.close();
    expect(reports.map(({ outcome }) => outcome)).toEqual(["done", "repeated"]);
  });

  test("ends in the middle of a request that waits, at once", async () => {
    const { poll } = startPoll();
    await transmitter.polls(1);
    await poll.close();
    await poll.close();
    expect(bodies()).toHaveLength(1);
  });

  test("asks for its authorization anew with each request", async () => {
    let calls = 0;
    const authorization = async () => {
      calls++;
      return transmitterTerms.authorization;
    };
    transmitter.add("set-1", setToken());
    startPoll(createSignalBench(), { authorization });
    await transmitter.emptied();
    expect(calls).toBe(bodies().length);
  });

  test.each([
    [{ endpoint: "http://idp.example/poll" }],
    [{ endpoint: "poll" }],
    [{ endpoint: undefined }],
    [{ maxEvents: 0 }],
    [{ maxEvents: 1.5 }],
    [{ interval: 0 }],
    [{ timeout: -1 }],
    [{ fetch: "fetch" }],
    [{ authorization: 5 }],
    [{ max: 5 }],
  ])("is refused with %o", (changes) => {
    const { receiver } = createSignalBench();
    expect(() => receiver.poll({ endpoint: "https://a.test/poll", ...changes } as never)).toThrow(ConfigError);
  });
});

describe("A transmitter of its own", () => {
  test("has its keys found in its metadata, and speaks for the issuers that it may", async () => {
    const guard = createGuard({
      issuer: transmitter.origin,
      discoveryUrl: `${transmitter.origin}/.well-known/ssf-configuration`,
      audience: receiverAudience,
      now: createClock().now,
      env: {},
    });
    const bench = createSignalBench();
    const receiver = createSignalsReceiver(guard, {
      audience: receiverAudience,
      revocations: bench.list,
      issuers: [issuer],
    });
    transmitter.add("set-1", setToken({ iss: transmitter.origin }));
    polls.push(receiver.poll({ endpoint: `${transmitter.origin}/poll`, ...transmitterTerms }));
    await transmitter.emptied();
    expect(await verdict(bench.guard, token())).toBe("token_revoked");
    expect(transmitter.errors).toEqual({});
  });
});

describe("A stream, from its creation to a refused request,", () => {
  test("is set up, verified and polled", async () => {
    const client = createStreamClient({ issuer: transmitter.origin, ...transmitterTerms });
    const stream = await client.create({
      delivery: { method: "urn:ietf:rfc:8936" },
      events_requested: [sessionRevoked],
    });
    const bench = createSignalBench();
    startPoll(bench);
    await bench.receiver.verify(client, stream.stream_id);
    expect(stream.stream_id).toBe(streamId);
    expect(await verdict(bench.guard, token())).toBe("accepted");
    transmitter.add("set-1", setToken());
    await transmitter.emptied();
    expect(await verdict(bench.guard, token())).toBe("token_revoked");
    expect(bench.reports.at(-1)).toMatchObject({ revocations: [{ issuer }] });
  });
});
