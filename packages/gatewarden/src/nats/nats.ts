// `gatewarden/nats`: the revocations of a fleet over NATS JetStream, with the user's own
// connection. `@nats-io/transport-node` need not be installed for the types.
import { ConfigError } from "../errors.js";
import { createReplica, type ReplicaOptions, type RevocationReplica } from "../revocation/replica/replica.js";
import type { NatsConnection } from "./client.js";
import { createNatsRevocationLog } from "./revocation-log.js";

export type { ReplicaOptions, RevocationReplica } from "../revocation/replica/replica.js";
export type { NatsConnection } from "./client.js";

/** Options of `createNatsRevocations`. Times in seconds. */
export interface NatsRevocationOptions extends ReplicaOptions {
  /**
   * The name of the stream, without blanks and dots. A second one has `_SNAPSHOTS` behind it.
   * Default `GATEWARDEN_REVOCATIONS`.
   */
  readonly stream?: string;
  /** What all subjects begin with, without wildcards. Default `gatewarden.revocations`. */
  readonly subject?: string;
  /** Seconds for which an answer is awaited, from 0.01 to 60. Default 5. */
  readonly timeout?: number;
}

/**
 * A deny list that all processes of a fleet share: each has all of it in its own memory, and
 * follows a stream of JetStream. A check asks nothing and never waits. Begins at once, makes the
 * streams where there are none, and `close()` leaves the connection open. NATS 2.9 or later. Throws
 * `ConfigError`.
 */
export function createNatsRevocations(
  connection: NatsConnection,
  options: NatsRevocationOptions = {},
): RevocationReplica {
  const { stream = "GATEWARDEN_REVOCATIONS", subject = "gatewarden.revocations", timeout = 5, ...replica } = options;
  if (typeof stream !== "string" || !/^[\w-]{1,200}$/.test(stream)) {
    throw new ConfigError({
      option: "stream",
      problem: "must be letters, digits, - and _",
      example: 'stream: "ORDERS"',
    });
  }
  if (typeof subject !== "string" || !/^[\w-]+(?:\.[\w-]+)*$/.test(subject)) {
    const problem = "must be words of letters, digits, - and _ with dots between them";
    throw new ConfigError({ option: "subject", problem, example: 'subject: "orders.revocations"' });
  }
  if (!(typeof timeout === "number" && timeout >= 0.01 && timeout <= 60)) {
    throw new ConfigError({ option: "timeout", problem: "must be seconds from 0.01 to 60", example: "timeout: 5" });
  }
  return createReplica(createNatsRevocationLog(connection, { stream, subject, timeout }), replica);
}
