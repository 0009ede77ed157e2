// What an upstream must never see, judged from its own view: neither the proxies' nor the gateway's
// idea of a path is used.
import type { Seen } from "./_inspector.js";

/** Tokens by persona. */
export type Tokens = Readonly<Record<"alice" | "bob", string>>;

/** Every complaint about one request that reached the upstream. */
export function findWrongs(seen: Seen, tokens: Tokens): string[] {
  const who = readPersona(seen, tokens);
  const guarded = findGuarded(seen.target);
  const isPreflight = seen.method === "OPTIONS" && hasHeader(seen, "access-control-request-method");
  const wrongs: string[] = [];
  if (!isPreflight && guarded.has("private") && who === undefined) wrongs.push("a protected path without a token");
  if (!isPreflight && guarded.has("admin") && who !== "alice") wrongs.push("an admin path without the permission");
  if (guarded.size > 0 && who !== undefined && readSubject(seen) !== who) wrongs.push("no identity, or another one");
  const upgrades = seen.headers.filter(([name]) => name.toLowerCase() === "upgrade");
  // Each line counts: a backend may act on any of several (RFC 9110 §7.8).
  if (upgrades.length > 1 || upgrades.some(([, value]) => value.toLowerCase() !== "websocket"))
    wrongs.push("an upgrade that opens a tunnel past the gateway");
  const forged = seen.headers.filter(([name, value]) => isForged(name, value));
  wrongs.push(...forged.map(([name]) => `a forged ${name}`));
  return wrongs;
}

/** The identity that the upstream would take from the headers, however they are spelled. */
export function readSubject(seen: Seen): string | undefined {
  const values = seen.headers.filter(([name]) => toPlain(name) === "x-auth-subject").map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(" and ");
}

function readPersona(seen: Seen, tokens: Tokens): keyof Tokens | undefined {
  const values = seen.headers.filter(([name]) => name.toLowerCase() === "authorization").map(([, value]) => value);
  const given = values.length === 1 ? /^bearer +(.*)$/i.exec(values[0] ?? "")?.[1] : undefined;
  if (given === tokens.alice) return "alice";
  return given === tokens.bob ? "bob" : undefined;
}

function hasHeader(seen: Seen, name: string): boolean {
  return seen.headers.some(([one]) => one.toLowerCase() === name);
}

/** CGI, WSGI and PHP read every separator as `_`. */
function toPlain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "-");
}

function isForged(name: string, value: string): boolean {
  const isRead = /^(?:x-(?:auth|gatewarden|original|rewrite|forwarded|http-method|method)\b|forwarded$)/;
  return value.includes("mallory") && isRead.test(toPlain(name));
}

/** The protected areas that some server could find in a target. */
export function findGuarded(target: string): Set<string> {
  const found = new Set<string>();
  for (const reading of toReadings(target)) {
    const first = reading.split("/").find((segment) => segment !== "");
    const area = first?.toLowerCase().replace(/[. ]+$/, "");
    if (area === "private" || area === "admin") found.add(area);
  }
  return found;
}

const steps: readonly ((text: string) => string)[] = [
  (text) => text.replace(/^[a-z]+:\/\/[^/?#]*/i, ""),
  (text) => text.replace(/[?#].*$/s, ""),
  (text) => text.replace(/\0.*$/s, ""),
  (text) => text.replace(/%u00([0-9a-f]{2})/gi, (_, hex) => toCharacter(hex)),
  (text) => text.replace(/%([0-9a-f]{2})/gi, (_, hex) => toCharacter(hex)),
  (text) =>
    text
      .replace(/\xc0\xae/g, ".")
      .replace(/\xc0\xaf/g, "/")
      .replace(/\xef\xbc\x8e/g, "."),
  (text) => text.replaceAll("\\", "/"),
  (text) => text.replace(/;[^/]*/g, ""),
  (text) => text.replace(/\/{2,}/g, "/"),
  removeDots,
];

/** Every text that these steps make of a target, in any order. */
function toReadings(target: string): Set<string> {
  const readings = new Set([target]);
  for (const reading of readings) {
    if (readings.size > 2000) break;
    for (const step of steps) readings.add(step(reading));
  }
  return readings;
}

function toCharacter(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function removeDots(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/").replace(/^\/+/, "")}`;
}
