// Opens the socket. A wrong HOST or PORT is a mistake in the configuration, and is reported as one.
import type { FastifyInstance } from "fastify";
import { ConfigError } from "gatewarden";
import type { Settings } from "./settings.js";

type Problem = ConstructorParameters<typeof ConfigError>[0];

/** Listens. Throws `ConfigError` when the port is taken or not allowed, or the host is no address of this machine. */
export async function listen(app: FastifyInstance, { host, port }: Pick<Settings, "host" | "port">): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const problem = problems({ host, port })[code];
    throw problem === undefined ? error : new ConfigError(problem, { cause: error });
  }
}

function problems({ host, port }: Pick<Settings, "host" | "port">): Readonly<Record<string, Problem>> {
  const badPort = (problem: string): Problem => ({ option: "PORT", problem, example: "PORT=3001" });
  const badHost: Problem = {
    option: "HOST",
    problem: `is "${host}", which is no address of this machine`,
    example: "HOST=127.0.0.1",
  };
  return {
    EADDRINUSE: badPort(`is ${port}, which is taken on ${host}`),
    EACCES: badPort(`is ${port}, which this user may not open`),
    EADDRNOTAVAIL: badHost,
    ENOTFOUND: badHost,
  };
}
