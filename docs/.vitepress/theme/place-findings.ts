// Findings → the members of the token that they are about, and its characters.
import type { Finding, GuardRequest } from "gatewarden";
import { cutToken, type Piece } from "../../../packages/dev/console/src/locate.js";
import { toPrintable } from "../../../packages/gatewarden/src/cli/terminal/printable.js";
import { type FindingPlace, findFindingPlace } from "../../../packages/gatewarden/src/cli/token-places.js";
import { findToken, listMembers, type Part, readToken, toMembers } from "./token-members.js";

/** A finding as the page shows it. */
export interface ShownFinding {
  readonly code: string;
  readonly severity: Finding["severity"];
  readonly message: string;
  readonly fix: string;
  readonly expected?: string;
  readonly actual?: string;
  /** The page of its code, if it has one. */
  readonly page?: string;
}

/** A part of the token with its members. */
export interface ShownPart {
  readonly title: string;
  readonly members: readonly {
    readonly name: string;
    readonly value: string;
    readonly note: string;
    /** A finding is about its absence. */
    readonly isMissing: boolean;
    readonly findings: readonly ShownFinding[];
  }[];
}

/** What the page shows of a token. */
export interface Placed {
  readonly parts: readonly ShownPart[];
  /** The token's own characters, by part. Those that errors are about are marked. */
  readonly raw: readonly (readonly Piece[])[];
  /** Those of no single member. */
  readonly findings: readonly ShownFinding[];
}

/** Each finding at its member, which may be missing; those of no member apart. */
export function placeFindings(findings: readonly Finding[], presented: string | GuardRequest): Placed {
  const token = readToken(presented);
  const members = toMembers(token);
  const placed = findings.map((finding) => ({ finding, place: findFindingPlace(finding, members) }));
  const wrong = placed.flatMap(({ finding, place }) => (finding.severity === "error" && place ? [place] : []));
  const parts = token.map((part) => {
    const own = placed.filter((one) => isIn(part, one.place));
    const at = (name: string) => own.filter((one) => one.place?.name === name).map(({ finding }) => toShown(finding));
    const missing = new Set(own.flatMap(({ place }) => (place?.isMissing ? [place.name ?? ""] : [])));
    return {
      title: part.title,
      members: [
        ...listMembers(part).map((member) => ({ ...member, isMissing: false, findings: at(member.key) })),
        ...[...missing].map((name) => ({
          name: toPrintable(name),
          value: "",
          note: "",
          isMissing: true,
          findings: at(name),
        })),
      ],
    };
  });
  const loose = placed.filter((one) => !token.some((part) => isIn(part, one.place)));
  const raw = token.length < 2 ? [] : cutToken(findToken(presented), wrong);
  return { parts, raw, findings: loose.map(({ finding }) => toShown(finding)) };
}

function isIn({ title }: Part, found: FindingPlace | undefined): boolean {
  return found?.name !== undefined && found.part === (title === "header" ? "header" : "payload");
}

function toShown({ code, severity, message, fix, expected, actual }: Finding): ShownFinding {
  return {
    code,
    severity,
    // The name, which the message ends with, is where the finding stands. What is wrong with it stays.
    message: toPrintable(message.replace(/ \[[^\s\]]+\]$/, "").replace(/ \[([^\s\]]+) ([^\]]+)\]$/, " Here `$1` $2.")),
    fix: toPrintable(fix),
    ...(expected !== undefined && { expected: toText(expected) }),
    ...(actual !== undefined && { actual: toText(actual) }),
    ...(severity === "error" && { page: `/reasons/${code}` }),
  };
}

function toText(value: unknown): string {
  return toPrintable(JSON.stringify(value) ?? "");
}
