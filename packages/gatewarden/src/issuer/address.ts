// Whether a host is this machine, in a private network, or public, judged by its name. A public
// name that DNS resolves to a private address is not detected: fetch does not expose the address.

/** This machine and its link, a private network, or anywhere. */
export type HostReach = "machine" | "private" | "public";

type AddressRange = readonly [first: string, bits: number];

/**
 * This host, loopback, and link-local, where cloud metadata services hand out credentials (RFC 6890
 * §2.2.2).
 */
const machineRanges: readonly AddressRange[] = [
  ["0.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
];
/**
 * Private use (RFC 1918), shared (RFC 6598), protocol assignments (RFC 6890), benchmarks (RFC
 * 2544), multicast and reserved (RFC 1112).
 */
const privateRanges: readonly AddressRange[] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];
/**
 * Names without a dot, and those of private networks (RFC 6762 §3, RFC 8375, ICANN's `internal`).
 */
const privateName = /^[^.]*$|\.(local|internal|home\.arpa)$/;

/**
 * Classifies a host name as `URL` writes it; `URL` has already normalised other spellings of an
 * address.
 */
export function reachOf(hostname: string): HostReach {
  const name = hostname.replace(/\.+$/, "");
  if (name.startsWith("[")) return reachOfIpv6(name.slice(1, -1));
  if (/^[\d.]+$/.test(name)) return reachOfIpv4(toAddressNumber(name));
  if (/(^|\.)localhost$/.test(name)) return "machine";
  return privateName.test(name) ? "private" : "public";
}

function reachOfIpv4(address: number): HostReach {
  const isIn = ([first, bits]: AddressRange) => address >>> (32 - bits) === toAddressNumber(first) >>> (32 - bits);
  if (machineRanges.some(isIn)) return "machine";
  return privateRanges.some(isIn) ? "private" : "public";
}

function reachOfIpv6(address: string): HostReach {
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(address) ?? [];
  if (high !== undefined && low !== undefined) {
    // IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), which public servers do not use.
    const within = reachOfIpv4(Number.parseInt(high, 16) * 0x1_0000 + Number.parseInt(low, 16));
    return within === "public" ? "private" : within;
  }
  // IPv6-only networks reach public IPv4 servers this way (RFC 6052 §2.1, §3.1).
  const [, first, second] = /^64:ff9b::([\da-f]+):([\da-f]+)$/.exec(address) ?? [];
  if (first !== undefined && second !== undefined) {
    return reachOfIpv4(Number.parseInt(first, 16) * 0x1_0000 + Number.parseInt(second, 16));
  }
  if (/^::1?$|^fe[89ab]/.test(address)) return "machine";
  // All public addresses start this way (RFC 4291 §2.4). 6to4 and Teredo embed an IPv4 address,
  // which may be private (RFC 3056, RFC 4380).
  return /^[23][\da-f]{3}:/.test(address) && !/^2002:|^2001:0?:/.test(address) ? "public" : "private";
}

function toAddressNumber(address: string): number {
  return address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
}
