// Which addresses doctor asks because an API's answer names them. It runs on a developer's machine:
// an API elsewhere must not be able to send it to services of that machine or its network
// (CWE-918).
import { BlockList, isIP } from "node:net";
import { isLoopback } from "../../../issuer/url.js";
import type { Surroundings } from "../surroundings.js";

/** Addresses that are not on the public internet (RFC 6890, RFC 4193, RFC 4291, RFC 6598). */
const closed = new BlockList();
const ranges: readonly (readonly [address: string, bits: number])[] = [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const),
  ...([
    ["::", 127],
    ["64:ff9b::", 96],
    ["64:ff9b:1::", 48],
    ["2002::", 16],
    ["fc00::", 7],
    ["fe80::", 9],
    ["ff00::", 8],
  ] as const),
];
for (const [address, bits] of ranges) closed.addSubnet(address, bits, address.includes(":") ? "ipv6" : "ipv4");

/**
 * Whether an IP address is on the public internet. An IPv4 address written as IPv6 counts as what
 * it is.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !closed.check(address, family === 6 ? "ipv6" : "ipv4");
}

/**
 * Whether doctor may ask the address that the API at `target` named: one of the same origin, one on
 * this machine where the API is on it too, or https on the public internet. A name is looked up,
 * and each of its addresses must be public. One that cannot be looked up here leads nowhere from
 * here, other than through a proxy, whose network is not this machine's. A name that changes its
 * address between this look-up and the request gets as far as a TLS handshake: what answers inside
 * has no certificate for that name.
 */
export async function mayAsk(address: URL, target: URL, lookup: Surroundings["lookup"]): Promise<boolean> {
  if (address.origin === target.origin) return true;
  if (isLoopback(address.hostname)) return isLoopback(target.hostname);
  if (address.protocol !== "https:") return false;
  const host = address.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return isPublicAddress(host);
  const found = await lookup(host).catch(() => []);
  return found.every((one) => isPublicAddress(one.address));
}
