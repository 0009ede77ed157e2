// The flags of `gatewarden watch`.
import { advice } from "gatewarden/advice";
import { feedKinds } from "../console-api/feed.js";
import { outcomes } from "../console-api/outcomes.js";
import { personaNames } from "./usual-names.js";

const listed = {
  kind: `Only events of this kind: ${feedKinds.join(", ")}`,
  outcome: `Only decisions with this outcome: ${outcomes.join(", ")}`,
};

/** By name. */
export const watchFlags = [
  {
    name: "kind",
    commands: ["watch"],
    kind: "list",
    value: "<kind>",
    choices: feedKinds as readonly string[],
    doc: listed.kind as string,
    example: "--kind decision",
  },
  {
    name: "outcome",
    commands: ["watch"],
    kind: "list",
    value: "<outcome>",
    choices: outcomes as readonly string[],
    doc: listed.outcome as string,
    example: "--outcome refused",
  },
  {
    name: "reason",
    commands: ["watch"],
    kind: "list",
    value: "<reason>",
    choices: Object.keys(advice) as readonly string[],
    doc: "Only refusals for this reason",
    example: "--reason permission_missing",
  },
  {
    name: "need",
    commands: ["watch"],
    kind: "list",
    value: "<name>",
    doc: "Only decisions about routes that need this permission, scope or role",
    example: "--need read:admin",
  },
  {
    name: "as",
    commands: ["watch"],
    kind: "list",
    value: "<persona>",
    offers: personaNames as readonly string[],
    doc: "Only what is about this persona or client",
    example: "--as alice",
  },
] as const;
