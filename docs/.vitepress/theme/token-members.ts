// The members of a token's header and claims, as text. Nothing here decides anything.

import type { GuardRequest } from "gatewarden";
import { toPrintable } from "../../../packages/gatewarden/src/cli/terminal/printable.js";

/** A decoded part. */
export interface Part {
  readonly title: "header" | "claims";
  readonly members: readonly { readonly name: string; readonly value: unknown }[];
}

/** Header and claims of a JWT, as far as they can be read. */
export function readToken(presented: string | GuardRequest): readonly Part[] {
  const [header = "", claims = ""] = findToken(presented).split(".");
  const parts = [toPart("header", header), toPart("claims", claims)];
  return parts.filter((part) => part !== undefined);
}

/** The characters of the JWT. Empty where there is none. */
export function findToken(presented: string | GuardRequest): string {
  return /([\w-]{2,})\.([\w-]{2,})\.([\w-]*)(?![.\w-])/.exec(toText(presented))?.[0] ?? "";
}

/** The members of both parts by their names. */
export function toMembers(parts: readonly Part[]): Record<"header" | "payload", Readonly<Record<string, unknown>>> {
  const find = (title: Part["title"]) => {
    const members = parts.find((part) => part.title === title)?.members ?? [];
    return Object.fromEntries(members.map(({ name, value }) => [name, value]));
  };
  return { header: find("header"), payload: find("claims") };
}

function toText(presented: string | GuardRequest): string {
  if (typeof presented === "string") return presented;
  const headers = presented.headers as Readonly<Record<string, string | readonly string[] | undefined>>;
  return [headers["authorization"] ?? ""].flat()[0] ?? "";
}

function toPart(title: Part["title"], text: string): Part | undefined {
  const value = decode(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return { title, members: Object.entries(value).map(([name, member]) => ({ name, value: member })) };
}

function decode(text: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const times: ReadonlySet<string> = new Set(["exp", "iat", "nbf", "auth_time", "updated_at"]);

/** A member as one sees it, with the moment that a number means. The key is its own name. */
interface Shown {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export function listMembers({ members }: Part): readonly Shown[] {
  return members.map(({ name, value }) => ({
    key: name,
    name: toPrintable(name),
    value: toPrintable(JSON.stringify(value) ?? ""),
    note: times.has(name) ? toMoment(value) : "",
  }));
}

function toMoment(value: unknown): string {
  if (typeof value !== "number" || !(Math.abs(value) < 8.64e12)) return "";
  const seconds = value - Date.now() / 1000;
  const distance = spell(Math.abs(seconds));
  return `${new Date(value * 1000).toISOString().replace(/\.000Z$/, "Z")}, ${seconds > 0 ? `in ${distance}` : `${distance} ago`}`;
}

const units = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

function spell(seconds: number): string {
  const [size, name] = units.find(([least]) => seconds >= least * 2) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
