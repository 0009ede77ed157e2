// The management API of a transmitter (SSF 1.0 §7 and §8) over real sockets.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigError } from "../../src/index.js";
import { createStreamClient, type StreamClientOptions, TransmitterError } from "../../src/signals/signals.js";
import { answer, answerAll, startTransmitter, streamId, type Transmitter, transmitterTerms } from "./_transmitter.js";

let transmitter: Transmitter;
beforeEach(async () => {
  transmitter = await startTransmitter();
});
afterEach(() => transmitter.close());

const createClient = (changes: Partial<StreamClientOptions> = {}) =>
  createStreamClient({ issuer: transmitter.origin, ...transmitterTerms, ...changes });

const last = () => transmitter.received.at(-1);
const delivery = {
  method: "urn:ietf:rfc:8935",
  endpoint_url: "https://api.test/signals",
  authorization_header: "Bearer x",
} as const;

describe("The client", () => {
  test("fetches the metadata once, without credentials (§7.2)", async () => {
    const client = createClient();
    expect(await client.metadata()).toMatchObject({ issuer: transmitter.origin, spec_version: "1_0" });
    await client.metadata();
    expect(transmitter.received).toMatchObject([{ url: "/.well-known/ssf-configuration", authorization: undefined }]);
  });

  test("puts the well-known name between host and path (§7.2.1)", async () => {
    const client = createClient({ issuer: `${transmitter.origin}/tenant` });
    await client.metadata();
    expect(last()?.url).toBe("/.well-known/ssf-configuration/tenant");
  });

  test("creates, reads, lists, updates, replaces and deletes a stream (§8.1.1)", async () => {
    const client = createClient();
    expect(await client.create({ delivery })).toMatchObject({ stream_id: streamId, delivery });
    expect(last()).toMatchObject({
      method: "POST",
      url: "/stream",
      authorization: "Bearer management",
      body: { delivery },
    });
    await client.load("a b&c");
    expect(last()).toMatchObject({ method: "GET", url: "/stream?stream_id=a+b%26c" });
    expect(await client.list()).toMatchObject([{ stream_id: streamId }]);
    await client.update(streamId, { description: "new" });
    expect(last()).toMatchObject({ method: "PATCH", body: { stream_id: streamId, description: "new" } });
    await client.replace(streamId, { delivery });
    expect(last()).toMatchObject({ method: "PUT", body: { stream_id: streamId, delivery } });
    await client.remove(streamId);
    expect(last()).toMatchObject({ method: "DELETE", url: `/stream?stream_id=${streamId}` });
  });

  test("reads and changes the status (§8.1.2)", async () => {
    const client = createClient();
    expect((await client.loadStatus(streamId)).status).toBe("enabled");
    expect(await client.changeStatus(streamId, { status: "paused", reason: "work" })).toMatchObject({
      status: "paused",
    });
    expect(last()?.body).toEqual({ stream_id: streamId, status: "paused", reason: "work" });
  });

  test("adds and removes subjects, and requests verification (§8.1.3, §8.1.4)", async () => {
    const client = createClient();
    const subject = { format: "email", email: "a@b.c" };
    await client.addSubject(streamId, subject, true);
    expect(last()?.body).toEqual({ stream_id: streamId, subject, verified: true });
    await client.removeSubject(streamId, subject);
    expect(last()?.body).toEqual({ stream_id: streamId, subject });
    await client.requestVerification(streamId, "state");
    expect(last()?.body).toEqual({ stream_id: streamId, state: "state" });
  });
});

describe("The client rejects with TransmitterError", () => {
  test.each<[string, Transmitter["intercept"], string]>([
    [
      "metadata of another issuer (§7.2.4)",
      answerAll((response) => void answer(response, 200, { issuer: "https://evil.test" })),
      "another issuer",
    ],
    ["metadata that are a list", answerAll((response) => void answer(response, 200, [])), "another issuer"],
    ["an error", answerAll((response) => void answer(response, 403, { error: "secret" })), "answered with status 403"],
    [
      "a redirect",
      answerAll((response) => void response.writeHead(302, { location: "https://evil.test" }).end()),
      "answered with status 302",
    ],
    ["what is not JSON", answerAll((response) => void response.end("secret")), "not JSON"],
    ["a broken connection", answerAll((response) => void response.destroy()), "failed"],
  ])("for %s", async (_name, intercept, message) => {
    transmitter.intercept = intercept;
    const client = createClient();
    const error = await client.create({ delivery }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransmitterError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain("secret");
    expect(String(error)).not.toContain("Bearer");
  });

  test.each([
    ["an endpoint over http elsewhere", "http://idp.example/stream"],
    ["an endpoint that is no URL", "stream"],
    ["no endpoint", undefined],
    ["a number", 5],
  ])("for %s, and sends no credentials there", async (_name, configuration_endpoint) => {
    transmitter.intercept = (_request, response) => {
      answer(response, 200, { issuer: transmitter.origin, configuration_endpoint });
      return true;
    };
    await expect(createClient().create({ delivery })).rejects.toThrow(TransmitterError);
    expect(transmitter.received.filter(({ authorization }) => authorization)).toEqual([]);
  });

  test("for an answer without a stream or status, and tries the metadata again after a failure", async () => {
    const client = createClient();
    transmitter.intercept = answerAll((response) => void answer(response, 503));
    await expect(client.load(streamId)).rejects.toThrow("503");
    transmitter.intercept = ({ url }, response) => {
      if (!url.startsWith("/st")) return false;
      answer(response, 200, { stream_id: 5, status: "on" });
      return true;
    };
    await expect(client.load(streamId)).rejects.toThrow("without a stream");
    await expect(client.loadStatus(streamId)).rejects.toThrow("without a status");
  });

  test("for a transmitter that does not answer in time, also with a fetch that ignores its signal", async () => {
    const fetch = () => new Promise<never>(() => undefined);
    await expect(createClient({ fetch, timeout: 1 }).metadata()).rejects.toThrow("did not finish within 1 s");
  });

  test("and an answer that is not UTF-8 keeps no connection (CWE-772)", async () => {
    const cancel = vi.fn();
    const start = (controller: ReadableStreamDefaultController) => controller.enqueue(Uint8Array.of(0x22, 0xff));
    const fetch = async () => new Response(new ReadableStream({ start, cancel }));
    await expect(createClient({ fetch }).metadata()).rejects.toThrow("failed");
    expect(cancel).toHaveBeenCalledOnce();
  });

  test("and reads no longer from a body that such a fetch never ends", async () => {
    const cancel = vi.fn();
    const fetch = async () => new Response(new ReadableStream({ cancel }));
    await expect(createClient({ fetch, timeout: 1 }).metadata()).rejects.toThrow("did not finish within 1 s");
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe("Options", () => {
  test.each([
    [{ issuer: "http://idp.example" }],
    [{ issuer: "idp.example" }],
    [{ issuer: undefined }],
    [{ configurationUrl: "http://idp.example/x" }],
    [{ authorization: 5 }],
    [{ timeout: 0 }],
    [{ fetch: {} }],
    [{ insecureHttpHosts: "a" }],
    [{ token: "x" }],
  ])("%o is refused", (changes) => {
    expect(() => createClient(changes as never)).toThrow(ConfigError);
  });
});
