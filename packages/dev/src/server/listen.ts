// Opens the socket, on this machine only.
import type { AddressInfo, Server } from "node:net";
import { defaultPort } from "../config/defaults.js";
import { readCode } from "../error-code.js";
import { TenantError } from "../errors.js";
import { isLoopbackHost } from "../loopback.js";

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. Undefined: {@link defaultPort}, or any free one when that is taken. */
  readonly port: number | undefined;
}

/**
 * Listens and returns the port. Throws a {@link TenantError} for a foreign host, and for a port or a
 * host that is taken or cannot be used.
 */
export async function listen(server: Server, { host, port }: ListenOptions): Promise<number> {
  if (!isLoopbackHost(host)) {
    const reason = "It gives a token to anyone who asks, so it listens on this machine only.";
    throw new TenantError("not_loopback", `The local tenant cannot listen on ${host}. ${reason} Example: 127.0.0.1`);
  }
  try {
    return await tryListen(server, host, port ?? defaultPort);
  } catch (cause) {
    if (!isTaken(cause)) throw toUnusable({ host, port }, cause);
    if (port === undefined) return tryListen(server, host, 0);
    const advice = "Stop what runs there, choose another port, or leave the port out to get a free one.";
    throw new TenantError("port_in_use", `Port ${port} on ${host} is taken. ${advice}`, { cause });
  }
}

/** Such as a port below 1024, or a name that is no address of this machine. */
function toUnusable({ host, port = defaultPort }: ListenOptions, cause: unknown): TenantError {
  const code = readCode(cause) || "unknown reason";
  const message = `The local tenant cannot listen on ${host}, port ${port} (${code}). Choose another host or port.`;
  return new TenantError("invalid_configuration", message, { cause });
}

function tryListen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
