// Bytes on a socket, for requests that no HTTP client would write.
import { connect } from "node:net";

/** Sends the text and resolves to all that came back until the server hung up. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk: Buffer) => {
    answer += chunk.toString("latin1");
  });
  // A reset is one way to hang up.
  socket.on("error", () => undefined);
  socket.write(text, "latin1");
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return answer;
}

/** The status of an answer; 0 where there was none. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0);
}

export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as text, after which the server is to hang up. */
export function toRaw({ method = "GET", target, host = "127.0.0.1", headers = {}, body }: RawRequest): string {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body, "latin1")) };
  const lines = Object.entries({ host, connection: "close", ...length, ...headers });
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body ?? ""}`;
}
