// Who may connect: the proxies that `from` lists.
import { BlockList, isIP, type Socket } from "node:net";
import type { ListenAddress } from "../listen-address.js";

interface DoorSettings {
  readonly from: readonly string[];
  readonly listen: ListenAddress;
}

/**
 * Closes connections of strangers before they are read. A Unix socket is guarded by its file. A
 * peer that reset its TCP connection has no address any more, but what it sent can still be read:
 * it is a stranger (CWE-290).
 */
export function createDoor({ from, listen }: DoorSettings): (socket: Socket) => void {
  const list = toAddressList(from);
  if ("path" in listen) return () => undefined;
  return (socket) => {
    const { remoteAddress, remoteFamily } = socket;
    const isKnown = remoteAddress !== undefined && list.check(remoteAddress, remoteFamily === "IPv6" ? "ipv6" : "ipv4");
    if (!isKnown) socket.destroy();
  };
}

/** Throws `TypeError` for what is neither an IP address nor a range such as `10.0.0.0/8`. */
export function toAddressList(from: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of from) {
    const [address = "", bits, ...rest] = entry.split("/");
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const isRange = bits !== undefined && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= most;
    if (version === 0 || rest.length > 0 || (bits !== undefined && !isRange))
      throw new TypeError(`"from" holds "${entry}", which is neither an IP address nor a range such as 10.0.0.0/8`);
    const family = version === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
