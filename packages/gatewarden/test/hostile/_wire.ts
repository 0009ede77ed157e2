// HTTP as bytes on a socket, for requests that no client would write. Answers are read by content-length, one after the other.
import { connect, type Socket } from "node:net";

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case, in the order of the wire. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export type Bytes = string | Uint8Array;

/** Sends bytes and returns all answers, once the server has closed. Answers to HEAD must come last. */
export async function exchange(port: number, bytes: Bytes): Promise<readonly WireAnswer[]> {
  const wire = await openWire(port);
  wire.write(bytes);
  return readAnswers(await wire.closed);
}

export interface Wire {
  readonly socket: Socket;
  write(bytes: Bytes): void;
  /** What came so far. */
  received(): string;
  /** All that came, once either side has closed or the connection broke. */
  readonly closed: Promise<string>;
}

export async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    received += text;
  });
  const closed = new Promise<string>((resolve) => {
    // A reset is an answer too: the server had enough.
    socket.on("error", () => {}).on("close", () => resolve(received));
  });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const write = (bytes: Bytes) => void (socket.writable && socket.write(toBytes(bytes)));
  return { socket, write, received: () => received, closed };
}

/** One request as text. `lines` are header lines as they stand. */
export function requestText(
  target: string,
  lines: readonly string[] = [],
  { method = "GET", last = true } = {},
): string {
  const close = last ? ["Connection: close"] : [];
  return [`${method} ${target} HTTP/1.1`, "Host: api.test", ...lines, ...close, "", ""].join("\r\n");
}

export function readAnswers(text: string): readonly WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = text;
  while (rest !== "") {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) throw new SyntaxError(`Headers without an end: ${JSON.stringify(rest.slice(0, 200))}`);
    const [first = "", ...lines] = rest.slice(0, end).split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
    if (status === undefined) throw new SyntaxError(`No status line: ${JSON.stringify(first)}`);
    const headers = lines.map(readHeader);
    const length = readLength(headers, rest.slice(end + 4));
    const body = rest.slice(end + 4, end + 4 + length);
    answers.push({ status: Number(status), headers, body: Buffer.from(body, "latin1").toString("utf8") });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

/** Of the body as it is on the wire. The only chunked answers are node's own, which have no content. */
function readLength(headers: WireAnswer["headers"], rest: string): number {
  const last = "0\r\n\r\n";
  if (headers.some(([name]) => name === "transfer-encoding")) return rest.indexOf(last) + last.length;
  return Number(headers.find(([name]) => name === "content-length")?.[1] ?? 0);
}

/** Values of a header, one per line on the wire. */
export function valuesOf(answer: WireAnswer | undefined, name: string): readonly string[] {
  return (answer?.headers ?? []).filter(([one]) => one === name).map(([, value]) => value);
}

function readHeader(line: string): readonly [string, string] {
  const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\t\x20-\x7e\x80-\xff]*)$/.exec(line);
  if (!match) throw new SyntaxError(`No header: ${JSON.stringify(line)}`);
  return [(match[1] ?? "").toLowerCase(), match[2] ?? ""];
}

function toBytes(bytes: Bytes): Uint8Array {
  return typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
}
