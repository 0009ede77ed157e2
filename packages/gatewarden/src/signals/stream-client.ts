// The management API of a transmitter (SSF 1.0 §8.1): its metadata, streams, status, subjects, and
// requests for verification.
import { requireHttpHosts } from "../configuration/hosts.js";
import { ConfigError } from "../errors.js";
import { requireOptionNames, requireSeconds } from "../events/options.js";
import { checkPlace, notSafe } from "../issuer/places.js";
import type { Awaitable } from "../platform/awaitable.js";
import { type Fetch, globalFetch } from "../platform/fetch.js";
import { trimEnd } from "../platform/trim.js";
import { isObject, type JsonObject, member } from "../token/json.js";
import { type JsonCall, sendJson, TransmitterError, type Transport } from "./send-json.js";
import type { SignalSubject } from "./subject.js";

/** How to reach a transmitter. */
export interface TransmitterOptions {
  /**
   * The whole `Authorization` header for the transmitter, such as `Bearer …`, or a function that
   * returns it, called for each request.
   */
  readonly authorization?: string | (() => Awaitable<string>);
  /** Seconds that one request may take. Default 10. */
  readonly timeout?: number;
  /** Hosts that may be contacted over plain http, as the guard's option of this name. */
  readonly insecureHttpHosts?: readonly string[];
  /** Sends requests. Default: the global `fetch`, read at each call. */
  readonly fetch?: Fetch;
}

/** Options of `createStreamClient`. */
export interface StreamClientOptions extends TransmitterOptions {
  /** Exact name of the transmitter: the `iss` of its events. */
  readonly issuer: string;
  /**
   * URL of its metadata. Default: `/.well-known/ssf-configuration` between host and path (SSF 1.0
   * §7.2.1).
   */
  readonly configurationUrl?: string;
}

/** The metadata of a transmitter (SSF 1.0 §7.1), as it published them. */
export interface TransmitterMetadata {
  readonly issuer: string;
  readonly [name: string]: unknown;
}

/** A stream (SSF 1.0 §8.1.1), as the transmitter describes it. */
export interface SignalStream {
  readonly stream_id: string;
  readonly [name: string]: unknown;
}

/** The status of a stream (SSF 1.0 §8.1.2). */
export interface StreamStatus {
  readonly status: "enabled" | "paused" | "disabled";
  readonly reason?: string;
}

/** What a receiver asks for in a stream (SSF 1.0 §8.1.1). */
export interface StreamRequest {
  readonly delivery: PushDelivery | PollDelivery;
  /** URIs of types of events. */
  readonly events_requested?: readonly string[];
  readonly description?: string;
}

/** RFC 8935. The transmitter sends `authorization_header` with each push. */
export interface PushDelivery {
  readonly method: "urn:ietf:rfc:8935";
  readonly endpoint_url: string;
  readonly authorization_header?: string;
}

/** RFC 8936. The transmitter's answer has the `endpoint_url` to poll. */
export interface PollDelivery {
  readonly method: "urn:ietf:rfc:8936";
}

/**
 * A client for the management API. Every method rejects with `TransmitterError` if the transmitter
 * does not answer as it should.
 */
export interface StreamClient {
  /** The metadata, fetched once. */
  metadata(): Promise<TransmitterMetadata>;
  create(request: StreamRequest): Promise<SignalStream>;
  load(streamId: string): Promise<SignalStream>;
  /** All streams of this receiver. */
  list(): Promise<readonly SignalStream[]>;
  /** Changes what is given (PATCH). */
  update(streamId: string, changes: Partial<StreamRequest>): Promise<SignalStream>;
  /** Replaces the whole configuration (PUT). */
  replace(streamId: string, request: StreamRequest): Promise<SignalStream>;
  remove(streamId: string): Promise<void>;
  loadStatus(streamId: string): Promise<StreamStatus>;
  changeStatus(streamId: string, status: StreamStatus): Promise<StreamStatus>;
  /** `verified`: whether this receiver has verified the subject itself. */
  addSubject(streamId: string, subject: SignalSubject, verified?: boolean): Promise<void>;
  removeSubject(streamId: string, subject: SignalSubject): Promise<void>;
  /** Asks for a verification event. `receiver.verify` also waits for it. */
  requestVerification(streamId: string, state: string): Promise<void>;
}

/** Creates the client. Sends nothing yet. Throws `ConfigError`. */
export function createStreamClient(options: StreamClientOptions): StreamClient {
  return new Client(options);
}

const optionNames = ["issuer", "configurationUrl", "authorization", "timeout", "insecureHttpHosts", "fetch"];
const example = 'createStreamClient({ issuer: "https://acme.okta.com", authorization: "Bearer …" })';

type EndpointName =
  | "configuration_endpoint"
  | "status_endpoint"
  | "add_subject_endpoint"
  | "remove_subject_endpoint"
  | "verification_endpoint";

class Client implements StreamClient {
  readonly #issuer: string;
  readonly #configurationUrl: string;
  readonly #httpHosts: readonly string[];
  readonly #transport: Transport;
  #metadata: Promise<TransmitterMetadata> | undefined;

  constructor(options: StreamClientOptions) {
    requireOptionNames("createStreamClient", options, optionNames);
    const { issuer, configurationUrl } = options;
    this.#httpHosts = requireHttpHosts(options.insecureHttpHosts);
    requireTransmitterUrl("issuer", issuer, this.#httpHosts);
    this.#issuer = issuer;
    this.#configurationUrl = configurationUrl ?? toConfigurationUrl(issuer);
    requireTransmitterUrl("configurationUrl", this.#configurationUrl, this.#httpHosts);
    this.#transport = requireTransport(options, 10);
  }

  metadata(): Promise<TransmitterMetadata> {
    if (this.#metadata) return this.#metadata;
    const loading = this.#loadMetadata();
    this.#metadata = loading;
    // The next call tries again.
    loading.catch(() => {
      this.#metadata = undefined;
    });
    return loading;
  }

  create(request: StreamRequest): Promise<SignalStream> {
    return this.#askForStream("configuration_endpoint", { method: "POST", body: request });
  }

  load(streamId: string): Promise<SignalStream> {
    return this.#askForStream("configuration_endpoint", { method: "GET", streamId });
  }

  async list(): Promise<readonly SignalStream[]> {
    const found = await this.#ask("configuration_endpoint", { method: "GET" });
    // Drafts before SSF 1.0 answered with the only stream.
    return [found].flat().map(parseStream);
  }

  update(streamId: string, changes: Partial<StreamRequest>): Promise<SignalStream> {
    return this.#askForStream("configuration_endpoint", { method: "PATCH", body: { stream_id: streamId, ...changes } });
  }

  replace(streamId: string, request: StreamRequest): Promise<SignalStream> {
    return this.#askForStream("configuration_endpoint", { method: "PUT", body: { stream_id: streamId, ...request } });
  }

  async remove(streamId: string): Promise<void> {
    await this.#ask("configuration_endpoint", { method: "DELETE", streamId });
  }

  async loadStatus(streamId: string): Promise<StreamStatus> {
    return parseStatus(await this.#ask("status_endpoint", { method: "GET", streamId }));
  }

  async changeStatus(streamId: string, { status, reason }: StreamStatus): Promise<StreamStatus> {
    const body = { stream_id: streamId, status, ...(reason !== undefined && { reason }) };
    return parseStatus(await this.#ask("status_endpoint", { method: "POST", body }));
  }

  async addSubject(streamId: string, subject: SignalSubject, verified?: boolean): Promise<void> {
    const body = { stream_id: streamId, subject, ...(verified !== undefined && { verified }) };
    await this.#ask("add_subject_endpoint", { method: "POST", body });
  }

  async removeSubject(streamId: string, subject: SignalSubject): Promise<void> {
    await this.#ask("remove_subject_endpoint", { method: "POST", body: { stream_id: streamId, subject } });
  }

  async requestVerification(streamId: string, state: string): Promise<void> {
    await this.#ask("verification_endpoint", { method: "POST", body: { stream_id: streamId, state } });
  }

  /** SSF 1.0 §7.2.4: the issuer in the document is the one that was asked, exactly. */
  async #loadMetadata(): Promise<TransmitterMetadata> {
    const url = this.#configurationUrl;
    // Public, so the credentials stay here.
    const { document } = await sendJson({ method: "GET", url }, { ...this.#transport, authorization: undefined });
    if (isObject(document) && member(document, "issuer") === this.#issuer) return document as TransmitterMetadata;
    throw new TransmitterError(`GET ${url} answered with the metadata of another issuer`, 200);
  }

  async #askForStream(name: EndpointName, call: StreamCall): Promise<SignalStream> {
    return parseStream(await this.#ask(name, call));
  }

  async #ask(name: EndpointName, { streamId, ...call }: StreamCall): Promise<unknown> {
    const endpoint = member((await this.metadata()) as JsonObject, name);
    const problem =
      typeof endpoint === "string"
        ? checkPlace(endpoint, { httpHosts: this.#httpHosts }, this.#configurationUrl)
        : "is missing";
    // The credentials go only where it is safe (RFC 6750 §5.3).
    if (problem !== undefined) throw new TransmitterError(`${name} of ${this.#issuer} ${problem}`, undefined);
    const url = new URL(endpoint as string);
    if (streamId !== undefined) url.searchParams.set("stream_id", streamId);
    return (await sendJson({ ...call, url: url.href }, this.#transport)).document;
  }
}

type StreamCall = Omit<JsonCall, "url"> & { readonly streamId?: string };

/**
 * SSF 1.0 §7.2.1: the well-known name goes between host and path, without the path's last slash.
 */
function toConfigurationUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/ssf-configuration${trimEnd(pathname, "/")}`;
}

function parseStream(document: unknown): SignalStream {
  if (isObject(document) && typeof member(document, "stream_id") === "string") return document as SignalStream;
  throw new TransmitterError("The transmitter answered without a stream", 200);
}

function parseStatus(document: unknown): StreamStatus {
  const status = isObject(document) ? member(document, "status") : undefined;
  if (status === "enabled" || status === "paused" || status === "disabled") return document as unknown as StreamStatus;
  throw new TransmitterError("The transmitter answered without a status", 200);
}

/** Throws `ConfigError` for a URL that nothing may be sent to. */
export function requireTransmitterUrl(option: string, url: unknown, httpHosts: readonly string[]): void {
  const problem = typeof url === "string" ? checkPlace(url, { httpHosts }) : notSafe;
  if (problem === undefined) return;
  throw new ConfigError({
    option,
    problem: typeof url === "string" ? `is ${JSON.stringify(url)}; it ${problem}` : problem,
    example,
  });
}

/** How requests are sent. Throws `ConfigError`. */
export function requireTransport({ authorization, timeout, fetch }: TransmitterOptions, usual: number): Transport {
  if (authorization !== undefined && !["string", "function"].includes(typeof authorization)) {
    throw new ConfigError({ option: "authorization", problem: "must be a string or a function", example });
  }
  if (fetch !== undefined && typeof fetch !== "function")
    throw new ConfigError({ option: "fetch", problem: "must be a function", example: "fetch: globalThis.fetch" });
  return { authorization, timeout: requireSeconds("timeout", timeout ?? usual, 600), fetch: fetch ?? globalFetch };
}
