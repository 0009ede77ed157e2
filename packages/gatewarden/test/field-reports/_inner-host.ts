// A second name of this machine that is not loopback by name, as a service has one in a compose network: real sockets, no name to configure.

/**
 * `0.0.0.0` as a destination is this machine on Linux and macOS. Names such as `127.0.0.2` and `a.localhost` would show nothing: http is
 * allowed on loopback without being listed.
 */
export const innerHost = "0.0.0.0";

/** The same server under its inner name. */
export function toInner(url: string): string {
  const inner = new URL(url);
  inner.hostname = innerHost;
  return inner.href;
}
