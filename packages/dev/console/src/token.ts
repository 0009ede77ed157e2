// Reads what a token says of itself. Nothing is verified here: that is what `/dev/explain` does.
import { type FindingPlace, findFindingPlace } from "../../../gatewarden/src/cli/token-places.js";
import type { Finding } from "./client.js";

export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Undefined for text that is not a signed token. */
export function decodeToken(token: string): DecodedToken | undefined {
  const [header, claims] = token.split(".").slice(0, 2).map(decodePart);
  return header !== undefined && claims !== undefined ? { header, claims } : undefined;
}

/** The first token within a text: a `curl` line or a request. */
export function findToken(text: string): string | undefined {
  // A JWT begins with `{"` in base64url; names of hosts must not be taken for one.
  return (/\beyJ[\w-]+\.[\w-]+\.[\w-]*/.exec(text) ?? /[\w-]{8,}\.[\w-]{2,}\.[\w-]*/.exec(text))?.[0];
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const times = ["iat", "exp", "nbf", "auth_time"];

/** What a time means: `in 23 hours`, `1 hour ago`. Undefined for other members. */
export function toTimeNote(name: string, value: unknown): string | undefined {
  if (!times.includes(name) || typeof value !== "number") return undefined;
  const seconds = value - Date.now() / 1000;
  const [amount, unit] = toAmount(Math.abs(seconds));
  const text = `${amount} ${unit}${amount === 1 ? "" : "s"}`;
  if (Math.abs(seconds) < 5) return "now";
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}

function toAmount(seconds: number): [number, string] {
  if (seconds < 90) return [Math.round(seconds), "second"];
  if (seconds < 5400) return [Math.round(seconds / 60), "minute"];
  if (seconds < 129_600) return [Math.round(seconds / 3600), "hour"];
  return [Math.round(seconds / 86_400), "day"];
}

/** The first and last characters, for a line that people read. */
export function shorten(token: string): string {
  return token.length > 40 ? `${token.slice(0, 16)}…${token.slice(-6)}` : token;
}

/** The moment of a time claim, in the clock of this machine. Undefined for other members. */
export function toMoment(name: string, value: unknown): string | undefined {
  if (!times.includes(name) || typeof value !== "number") return undefined;
  const date = new Date(value * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  return `${day}, ${date.toLocaleTimeString("en-GB")}`;
}

/** Where the findings belong in the token. Undefined for those that are elsewhere. */
export function placeFinding(finding: Finding, { claims, header }: DecodedToken): FindingPlace | undefined {
  return findFindingPlace(finding, { header, payload: claims });
}
