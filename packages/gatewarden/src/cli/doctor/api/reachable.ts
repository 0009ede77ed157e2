// Which addresses from an API's answer doctor may contact. It runs on a developer's machine: a
// remote API must not be able to direct it to services of that machine or its network (CWE-918).
import { isIP } from "node:net";
import { reachOf } from "../../../issuer/address.js";
import { isLoopback } from "../../../issuer/url.js";
import type { Machine } from "../machine.js";

/**
 * Whether an IP address is on the public internet. An address with a zone is not (RFC 4007 §11).
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes("%")) return false;
  // A URL normalizes an address, so that its range can be determined.
  return reachOf(new URL(family === 6 ? `http://[${address}]` : `http://${address}`).hostname) === "public";
}

/**
 * Whether doctor may contact the address that the API at `target` named. It may if the origin is
 * the same, if both are on this machine, or for https on the public internet. A name is looked up,
 * and each of its addresses must be public. A name that cannot be resolved here is only reachable
 * through a proxy, whose network is not this machine's. A name that changes its address between
 * this look-up and the request gets no further than a TLS handshake: an internal server has no
 * certificate for that name.
 */
export async function mayAsk(address: URL, target: URL, lookup: Machine["lookup"]): Promise<boolean> {
  if (address.origin === target.origin) return true;
  if (isLoopback(address.hostname)) return isLoopback(target.hostname);
  if (address.protocol !== "https:") return false;
  const host = address.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return isPublicAddress(host);
  const found = await lookup(host).catch(() => []);
  return found.every((one) => isPublicAddress(one.address));
}
