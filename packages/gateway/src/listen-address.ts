// Where to listen: `127.0.0.1:4180`, `[::1]:4180`, `:4180` or `unix:/run/gatewarden.sock`.
import { isIP } from "node:net";

/** An address to listen on. */
export type ListenAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** Throws `TypeError`. */
export function requireAddress(name: string, text: string): ListenAddress {
  if (text.startsWith("unix:/")) return { path: text.slice("unix:".length) };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]*)):([0-9]{1,5})$/.exec(text);
  const host = match?.[1] ?? (match?.[2] || "127.0.0.1");
  const port = Number(match?.[3]);
  if (match && isIP(host) !== 0 && port <= 65_535) return { host, port };
  throw new TypeError(`"${name}" must be an address and a port such as 127.0.0.1:4180, or unix:/run/gatewarden.sock`);
}
