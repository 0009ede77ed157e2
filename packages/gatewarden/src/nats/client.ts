// The user's own NATS connection, taken by its shape, and the JetStream API as far as it is used:
// requests and answers in JSON (docs.nats.io, "JetStream wire API Reference").
import { ConfigError } from "../errors.js";
import { DependencyError } from "../monitoring/dependency.js";

/** A connection of `@nats-io/transport-node` 3 or of another client of `@nats-io`. */
export interface NatsConnection {
  request(
    subject: string,
    payload?: Uint8Array | string,
    options?: { timeout: number },
  ): Promise<{ readonly data: Uint8Array }>;
  subscribe(subject: string, options?: { callback?: (error: Error | null) => void }): { unsubscribe(): void };
}

/** An error that the server gave as its answer. */
export class JetStreamError extends DependencyError {
  /** Like an HTTP status: 404 where there is none. */
  readonly code: number;
  /** The server's own number of the error. */
  readonly detail: number;

  constructor(code: number, detail: number) {
    super(`JetStream answered ${code} (${detail})`);
    this.code = code;
    this.detail = detail;
  }
}

type ApiAnswer = Readonly<Record<string, unknown>>;

/** Asks the JetStream API. */
export interface JetStream {
  /** Rejects with `DependencyError`; with `JetStreamError` where the server says no. */
  ask(api: string, request?: object): Promise<ApiAnswer>;
  /** Stores a message. Resolves to its number once the stream has it. */
  store(subject: string, payload: Uint8Array | string): Promise<number>;
}

/** Throws `ConfigError` for a value that is no connection. Sends nothing. */
export function createJetStream(connection: NatsConnection, timeout: number): JetStream {
  requireConnection(connection);
  const options = { timeout: timeout * 1000 };
  const request = async (subject: string, payload: Uint8Array | string): Promise<ApiAnswer> => {
    const answer = await begin(() => connection.request(subject, payload, options));
    const { error } = answer as { readonly error?: { readonly code?: unknown; readonly err_code?: unknown } };
    if (error !== undefined) throw new JetStreamError(toNumber(error?.code), toNumber(error?.err_code));
    return answer;
  };
  return {
    ask: (api, body) => request(`$JS.API.${api}`, body === undefined ? "" : JSON.stringify(body)),
    async store(subject, payload) {
      const { seq } = await request(subject, payload);
      // Something else than a stream may have answered.
      if (typeof seq !== "number") throw new DependencyError("NATS did not store a message");
      return seq;
    },
  };
}

async function begin(send: () => Promise<{ readonly data: Uint8Array }>): Promise<ApiAnswer> {
  try {
    const { data } = await send();
    const answer: unknown = JSON.parse(new TextDecoder().decode(data));
    if (typeof answer === "object" && answer !== null) return answer as ApiAnswer;
  } catch (cause) {
    throw new DependencyError("NATS cannot be reached, or has no JetStream", { cause });
  }
  throw new DependencyError("NATS gave an answer that is not of JetStream");
}

/** Reading a member may run a getter that throws. */
function requireConnection(connection: NatsConnection): void {
  try {
    if (typeof connection.request === "function" && typeof connection.subscribe === "function") return;
  } catch {
    // Refused below.
  }
  throw new ConfigError({
    option: "connection",
    problem: "must be a connection of NATS",
    example: "createNatsRevocations(await connect({ servers }))",
  });
}

function toNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
