// An event of the feed, as `gatewarden watch` shows it.
import { paint, type Screen, type Style, type Text, toPrintable, wrap } from "gatewarden/terminal";
import type { WatchedEvent } from "./watch-filter.js";

/** Members that are shown apart from the others, or not at all. */
const apart: readonly string[] = ["id", "at", "kind", "outcome", "status", "reason", "cause", "fix"];
/** These first: what one looks for. */
const order: readonly string[] = ["holder", "persona", "client", "audience", "need", "api"];
const styles: Readonly<Record<string, Style>> = { accepted: "ok", refused: "error", anonymous: "note" };
const indent = " ".repeat(9);

/**
 * One line: the time of this machine, the kind, and the members as `name=value`. Cause and fix of a
 * refusal are lines of their own on a terminal, and stand on the same line elsewhere.
 */
export function formatEvent(event: WatchedEvent, { width }: Pick<Screen, "width">): readonly Text[] {
  const outcome = toText(event["outcome"]);
  const words = [outcome, toText(event["status"]), toText(event["reason"])].filter((word) => word !== "");
  const [first = "", ...others] = words;
  const style = Object.hasOwn(styles, outcome) ? styles[outcome] : undefined;
  const isTerminal = width !== Number.POSITIVE_INFINITY;
  return [
    paint("faint", `${toClock(event["at"])} `),
    toText(event["kind"]).padEnd(8),
    ...(first === "" ? [] : [" ", style === undefined ? first : paint(style, first)]),
    [...others, ...toPairs(event)].map((word) => ` ${word}`).join(""),
    ...(isTerminal ? toAdvice(event, width) : toPairs(event, ["cause", "fix"]).map((pair) => ` ${pair}`)),
    "\n",
  ];
}

function toAdvice(event: WatchedEvent, width: number): readonly Text[] {
  return ["cause", "fix"].flatMap((name) => {
    const text = event[name];
    if (typeof text !== "string") return [];
    const taken = indent.length + name.length + 2;
    return [paint("faint", `\n${indent}${name}: `), wrap(toPrintable(text), { width, indent, taken })];
  });
}

function toPairs(event: WatchedEvent, names: readonly string[] = listNames(event)): readonly string[] {
  return names.filter((name) => event[name] !== undefined).map((name) => `${toText(name)}=${toText(event[name])}`);
}

function listNames(event: WatchedEvent): readonly string[] {
  const names = Object.keys(event).filter((name) => !apart.includes(name));
  return [...order.filter((name) => names.includes(name)), ...names.filter((name) => !order.includes(name))];
}

/** Quoted unless it is one word, so that a value cannot pass for other members. */
function toText(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(toText).join(",");
  return typeof value === "string" && /^[\p{L}\p{N}_.:/@|*+-]+$/u.test(value) ? value : (JSON.stringify(value) ?? "");
}

function toClock(at: unknown): string {
  const date = new Date(typeof at === "string" ? at : Number.NaN);
  return Number.isNaN(date.getTime()) ? "--:--:--" : date.toLocaleTimeString("en-GB");
}
