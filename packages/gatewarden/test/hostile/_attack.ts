// What attacks are made of: targets, shots, requests as bytes.

import type { Hello } from "./_apps/_serve.js";
import { toLabel } from "./_json.js";
import { openWire } from "./_wire.js";

/** One running server of a program. */
export interface Target extends Omit<Hello, "ports"> {
  readonly port: number;
}

/** What is sent in one go. */
export interface Shot {
  /** What a failing test says of it. */
  readonly label: string;
  readonly fire: (target: Target) => Promise<void>;
}

/** Shots at one position. */
export interface Attack {
  readonly position: string;
  readonly shots: (target: Target) => readonly Shot[];
}

/** How long a server may leave a request without any answer: longer than any is slow. */
const patience = 15_000;

/** Bytes on a connection of their own; done once something was answered, or the server closed. */
export async function fireBytes(port: number, bytes: string): Promise<string> {
  const wire = await openWire(port);
  const answered = new Promise<void>((resolve) => {
    wire.socket.on("data", () => {
      if (wire.received().includes("\r\n\r\n")) resolve();
    });
  });
  wire.write(bytes);
  const silence = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The server left a request without an answer")), patience);
    timer.unref();
    void wire.closed.then(() => clearTimeout(timer));
  });
  try {
    await Promise.race([answered, wire.closed, silence]);
  } finally {
    wire.socket.destroy();
  }
  await wire.closed;
  return wire.received();
}

/** Shots of bytes. */
export function toShots(target: Target, texts: readonly string[]): readonly Shot[] {
  return texts.map((text) => ({
    label: toLabel(text.replaceAll(target.good, "<good>").replaceAll(target.bound, "<bound>")),
    fire: async ({ port }) => void (await fireBytes(port, text)),
  }));
}

/** A request as bytes. Without a Host among the lines there is the usual one. */
export function request(target: string, lines: readonly string[] = [], { method = "GET", body = "" } = {}): string {
  const host = lines.some((line) => /^host/i.test(line)) ? [] : ["Host: api.test"];
  const length = method === "POST" ? [`Content-Length: ${Buffer.byteLength(body, "latin1")}`] : [];
  const close = lines.includes("Connection: Upgrade") ? [] : ["Connection: close"];
  const head = [`${method} ${target} HTTP/1.1`, ...host, ...lines, ...length, ...close, "", ""];
  return head.join("\r\n") + body;
}

/** JSON as a body, in the bytes of UTF-8. */
export function post(target: string, json: string, lines: readonly string[] = []): string {
  const body = Buffer.from(json, "utf8").toString("latin1");
  return request(target, ["Content-Type: application/json", ...lines], { method: "POST", body });
}

export const bearer = (token: string): string => `Authorization: Bearer ${token}`;
