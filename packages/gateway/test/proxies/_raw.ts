// Bytes on a socket: no HTTP client would write most of what the corpus sends.
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

/** How bytes are sent. */
export interface Sending {
  /** Over TLS, with this certificate to trust. */
  readonly ca?: string;
  /** Milliseconds of silence after which to hang up: some attacks leave a server waiting. */
  readonly patience?: number;
  /** Hangs up once this came back: some answers leave the connection open. */
  readonly until?: string;
}

/** Sends bytes over TCP, or TLS, and resolves to what came back until either side closed. */
export function sendBytes(
  port: number,
  bytes: string,
  { ca, patience = 30_000, until }: Sending = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket =
      ca === undefined
        ? connectTcp(port, "127.0.0.1")
        : connectTls({ port, host: "127.0.0.1", ca, ALPNProtocols: ["http/1.1"] });
    let answer = "";
    socket.setTimeout(patience, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (until !== undefined && answer.includes(until)) socket.destroy();
    });
    // A reset is one way to refuse.
    socket.on("error", () => undefined);
    socket.once("close", () => resolve(answer));
    socket.once(ca === undefined ? "connect" : "secureConnect", () => socket.write(bytes, "latin1"));
  });
}

/** The status of each answer, in order. */
export function toStatuses(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1]));
}

/** All values of a header of the first answer. */
export function toHeaderValues(answer: string, name: string): string[] {
  const head = answer.split("\r\n\r\n")[0] ?? "";
  return head
    .split("\r\n")
    .slice(1)
    .filter((line) => line.slice(0, line.indexOf(":")).toLowerCase() === name.toLowerCase())
    .map((line) => line.slice(line.indexOf(":") + 1).trim());
}
