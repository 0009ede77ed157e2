// Bytes over a socket, as they are.
import { connect } from "node:net";

/**
 * Sends the text and resolves to everything that came back until the peer closed. It must have
 * a reason to: this end stays open, since servers drop answers to those who have left.
 */
export function exchangeRaw(address: string, text: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: string[] = [];
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => chunks.push(chunk));
    // A server that refuses may close before it has read everything.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? undefined : reject(error),
    );
    socket.on("close", () => resolve(chunks.join("")));
    socket.write(text, "latin1");
  });
}

/** The status lines of the answers in it. */
export function readStatuses(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 ([0-9]{3})/g)].map((match) => Number(match[1]));
}
