// The flags of `gatewarden token`.
import { tokenFaultNames } from "../faults/catalogue.js";
import { clientNames, personaNames } from "./usual-names.js";

/** By name. */
export const tokenFlags = [
  {
    name: "as",
    commands: ["token"],
    kind: "text",
    value: "<persona>",
    fallback: "the first persona",
    offers: personaNames as readonly string[],
    doc: "Who the token is for",
    example: "--as alice",
  },
  {
    name: "client",
    commands: ["token"],
    kind: "text",
    value: "<id>",
    offers: clientNames as readonly string[],
    doc: "The application; without --as, one with client credentials gets a machine token",
    example: "--client machine",
  },
  {
    name: "audience",
    commands: ["token"],
    kind: "text",
    value: "<api>",
    fallback: "the tenant's first",
    doc: "The API",
    example: "--audience https://api.acme.com",
  },
  {
    name: "permission",
    commands: ["token"],
    kind: "list",
    value: "<name>",
    doc: "Give exactly these permissions; an empty value gives none",
    example: "--permission read:admin",
  },
  {
    name: "scope",
    commands: ["token"],
    kind: "text",
    value: "<scopes>",
    doc: "Space-separated scopes",
    example: '--scope "openid read:reports"',
  },
  {
    name: "expires-in",
    commands: ["token"],
    kind: "text",
    value: "<seconds>",
    doc: "Lifetime",
    example: "--expires-in 60",
  },
  {
    name: "claim",
    commands: ["token"],
    kind: "list",
    value: "<name=json>",
    doc: "Add a claim; a value that is not JSON is taken as text",
    example: "--claim plan=pro",
  },
  {
    name: "opaque",
    commands: ["token"],
    kind: "switch",
    doc: "No audience, so an opaque token",
    example: "--opaque",
  },
  {
    name: "fault",
    commands: ["token"],
    kind: "text",
    value: "<name>",
    offers: tokenFaultNames as readonly string[],
    doc: "Something wrong with this one token (see gatewarden faults)",
    example: "--fault expired:seconds=60",
  },
] as const;
