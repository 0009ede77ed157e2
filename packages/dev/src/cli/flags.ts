// Every flag of `gatewarden dev`, `token` and `faults`, one row each. Parsing, errors, `--help` and the tables of
// `docs/command-line.md` read it.
import { defaultPort } from "../config/defaults.js";
import type { CommandRow } from "./parse-flags.js";

/** The commands of this package. */
export const commands: readonly [dev: CommandRow, token: CommandRow, faults: CommandRow] = [
  {
    name: "dev",
    doc: "Starts a local tenant: a real OpenID provider on this machine, shaped like Auth0, with personas instead of passwords",
  },
  {
    name: "token",
    doc: "Prints an access token of the running local tenant",
    notes: ['In a shell: curl -H "Authorization: Bearer $(npx gatewarden token)" …'],
  },
  {
    name: "faults",
    operand: { name: "[name[:parameter=value,…]…]", least: 0, most: Number.POSITIVE_INFINITY },
    doc: "Makes the running local tenant go wrong on demand. Without a name, lists all faults and marks those that are on",
    notes: [
      "For example: `gatewarden faults expired` (every token has expired), `gatewarden faults jwks-slow:seconds=10,times=2` (the next two key sets come ten seconds late), `gatewarden faults --reset` (all faults are off again).",
    ],
  },
];

const runningTenant = `the one started here, else http://127.0.0.1:${defaultPort}/`;

/** By name. */
export const flags = [
  {
    name: "port",
    commands: ["dev"],
    kind: "text",
    value: "<number>",
    fallback: `${defaultPort}, or a free one when that is taken`,
    doc: "Port to listen on",
    example: "--port 4400",
  },
  {
    name: "host",
    commands: ["dev"],
    kind: "text",
    value: "<address>",
    fallback: "127.0.0.1",
    doc: "Address of this machine to listen on",
    example: "--host 0.0.0.0",
  },
  {
    name: "config",
    commands: ["dev"],
    kind: "text",
    value: "<file>",
    fallback: "gatewarden.dev.json, if there is one",
    doc: "Configuration of the tenant",
    example: "--config gatewarden.dev.json",
  },
  {
    name: "directory",
    commands: ["dev"],
    kind: "text",
    value: "<path>",
    fallback: ".gatewarden",
    doc: "Where keys are kept between starts",
    example: "--directory .gatewarden",
  },
  {
    name: "allow-host",
    commands: ["dev"],
    kind: "list",
    value: "<name>",
    doc: "Also answer under this host name",
    example: "--allow-host host.docker.internal",
  },
  {
    name: "as",
    commands: ["token"],
    kind: "text",
    value: "<persona>",
    fallback: "the first persona",
    doc: "Who the token is for",
    example: "--as alice",
  },
  {
    name: "client",
    commands: ["token"],
    kind: "text",
    value: "<id>",
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
    commands: ["dev"],
    kind: "list",
    value: "<name>",
    doc: "Start with this fault on (see gatewarden faults)",
    example: "--fault jwks-slow:seconds=10",
  },
  {
    name: "fault",
    commands: ["token"],
    kind: "text",
    value: "<name>",
    doc: "Something wrong with this one token (see gatewarden faults)",
    example: "--fault expired:seconds=60",
  },
  {
    name: "list",
    commands: ["faults"],
    kind: "switch",
    doc: "List the faults, also after a change",
    example: "--list",
  },
  {
    name: "reset",
    commands: ["faults"],
    kind: "switch",
    doc: "Switch the named faults off; without a name, all",
    example: "--reset",
  },
  {
    name: "issuer",
    commands: ["token", "faults"],
    kind: "text",
    value: "<url>",
    fallback: runningTenant,
    doc: "The tenant",
    example: `--issuer http://127.0.0.1:${defaultPort}/`,
  },
  {
    name: "help",
    short: "h",
    commands: ["dev", "token", "faults"],
    kind: "switch",
    doc: "Show this text",
    example: "--help",
  },
] as const;
