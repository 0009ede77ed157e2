// Draws a token in its three parts, with carets under what findings are about, as compilers do.
import { redact } from "../explain/redact.js";
import { looksLikeJwt } from "../explain/shape/shape.js";
import type { Finding } from "../index.js";
import { type JsonObject, member, readJsonObject } from "../token/json.js";
import { paint, type Text } from "./terminal/paint.js";
import { toPrintable } from "./terminal/printable.js";
import type { Screen } from "./terminal/screen.js";
import { fitWidth, toWidth } from "./terminal/text-width.js";
import { type FindingPlace, findFindingPlace, type TokenMembers, type TokenPart } from "./token-places.js";

/** The largest token that any guard accepts. Larger ones are not decoded. */
const longest = 65_536;
const mostMarks = 12;
const parts = ["header", "payload", "signature"] as const;

interface Mark {
  readonly place: FindingPlace;
  readonly finding: Finding<string>;
}

/** The columns and signs that the drawing has. */
type Canvas = Pick<Screen, "width" | "symbols">;

/**
 * The drawing, or nothing if the text is no signed token or no finding is about a part of it. Shows
 * the first characters of each part, so that it cannot be used as a token, and of claims only what
 * the findings show.
 */
export function drawToken(token: string, findings: readonly Finding<string>[], canvas: Canvas): readonly Text[] {
  if (token.length > longest || !looksLikeJwt(token)) return [];
  const members = readMembers(token);
  const marks = findings.flatMap((finding): Mark[] => {
    const place = finding.severity === "info" ? undefined : findFindingPlace(finding, members);
    return place === undefined ? [] : [{ place, finding }];
  });
  if (marks.length === 0) return [];
  const sections = parts.flatMap((part) => drawPart(part, members, { marks, canvas }));
  return [...drawParts(token, marks, canvas), ...sections, "\n"];
}

/** `eyJhbG….eyJpc3….c2ln…`, and below it which is which. */
function drawParts(token: string, marks: readonly Mark[], { symbols }: Canvas): readonly Text[] {
  const cells = token.split(".").map((text, index) => {
    const part = parts[index] ?? "signature";
    const shown = abbreviate(text, part, symbols.ellipsis);
    return { part, shown, columns: Math.max(toWidth(shown), part.length) };
  });
  const isMarked = (part: TokenPart) => marks.some(({ place }) => place.part === part);
  const carets = cells.map(({ part, columns }) => (isMarked(part) ? "^".repeat(part.length) : "").padEnd(columns));
  return [
    ...cells.flatMap(({ part, shown, columns }, index): Text[] => [
      index === 0 ? "  " : ".",
      paint(part, shown),
      index === cells.length - 1 ? "\n" : " ".repeat(columns - toWidth(shown)),
    ]),
    ...["  ", paint("error", carets.join(" ").trimEnd()), "\n "],
    ...cells.flatMap(({ part, columns }, index): Text[] => [
      " ",
      paint(part, part),
      index === cells.length - 1 ? "\n" : " ".repeat(columns - part.length),
    ]),
  ];
}

/** Never more than a third of a part, nor than its first six characters; of a signature, four. */
function abbreviate(text: string, part: TokenPart, ellipsis: string): string {
  const most = part === "signature" ? 4 : 6;
  return text.slice(0, Math.min(most, Math.floor(text.length / 3))) + ellipsis;
}

interface Drawn {
  readonly marks: readonly Mark[];
  readonly canvas: Canvas;
}

function readMembers(token: string): TokenMembers {
  const [header = {}, payload = {}] = token
    .split(".")
    .slice(0, 2)
    .map((text) => readJsonObject(Buffer.from(text, "base64url").toString("utf8")));
  return { header, payload };
}

function drawPart(part: TokenPart, members: TokenMembers, { marks, canvas }: Drawn): readonly Text[] {
  const own = marks.filter(({ place }) => place.part === part);
  if (own.length === 0) return [];
  const lines = own.slice(0, mostMarks).flatMap((mark) => drawMark(mark, members, canvas));
  return ["\n  ", paint(part, part), "\n", ...lines];
}

/** The member with carets under its value, and which finding is about it. */
function drawMark({ place, finding }: Mark, members: TokenMembers, canvas: Canvas): readonly Text[] {
  const { isMissing, name, part } = place;
  const style = finding.severity === "error" ? "error" : "warning";
  const label = (columns: number) => paint(style, `${"^".repeat(Math.max(1, columns))} ${finding.code}`);
  if (name === undefined || isMissing || part === "signature") {
    const what = name === undefined ? `the whole ${part}` : `${quoteName(name)} is missing`;
    return [`    ${what}\n    `, label(toWidth(what)), "\n"];
  }
  const start = `    ${quoteName(name)}: `;
  const value = toShownValue(name, member(members[part] as JsonObject, name), finding);
  const shown = fitWidth(value, Math.min(canvas.width, 100) - toWidth(start), canvas.symbols.ellipsis);
  return [`${start}${shown}\n${" ".repeat(toWidth(start))}`, label(toWidth(shown)), "\n"];
}

function quoteName(name: string): string {
  return fitWidth(toPrintable(JSON.stringify(name)), 30, "…");
}

/** Members that messages spell out as a time, or that name no person. */
const harmless: ReadonlySet<string> = new Set(["alg", "typ", "kid", "crit", "iss", "exp", "nbf", "iat", "auth_time"]);

/** What the finding shows as `actual`; of other members only that they have a value. */
function toShownValue(name: string, value: unknown, { actual }: Finding<string>): string {
  if (!harmless.has(name) && actual === undefined) return Array.isArray(value) ? "[…]" : "…";
  const shown = harmless.has(name) ? redact(value) : actual;
  return toPrintable(JSON.stringify(shown) ?? "…");
}
