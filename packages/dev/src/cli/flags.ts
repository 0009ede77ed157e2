// Every flag of `gatewarden dev`, `token`, `faults`, `logout`, `signal`, `keys`, `tenant`, `watch`
// and `reset`, one row each. Parsing, errors, `--help`, completion, manual pages and the tables of
// `docs/command-line.md` read it.
import { type CommandRow, type CommonFlags, toCommonFlags } from "gatewarden/terminal";
import { signingAlgorithms } from "../config/algorithms.js";
import { faultNames } from "../faults/catalogue.js";
import { resetParts } from "../reset-parts.js";
import { changeTypes, credentialTypes, eventNames } from "../signals/event-types.js";
import { devFlags } from "./dev-flags.js";
import { tokenFlags } from "./token-flags.js";
import { personaNames } from "./usual-names.js";
import { watchFlags } from "./watch-flags.js";

/** What `gatewarden tenant` changes. */
export const tenantKinds = ["persona", "client", "api"] as const;

/** The commands of this package. */
export const commands: readonly [
  dev: CommandRow,
  token: CommandRow,
  faults: CommandRow,
  logout: CommandRow,
  signal: CommandRow,
  keys: CommandRow,
  tenant: CommandRow,
  watch: CommandRow,
  reset: CommandRow,
] = [
  {
    name: "dev",
    operand: { name: "[-- command…]", least: 0, most: 0 },
    doc: "Starts a local tenant: a real OpenID provider on this machine, shaped like Auth0, with personas instead of passwords",
    brief: "Start the local tenant: a real OpenID provider, no account needed",
    notes: [
      "With a command after `--`, the tenant lives as long as the command, which finds it in its environment, and dev ends with the command's exit code. For example: `gatewarden dev -- pytest -x`.",
    ],
  },
  {
    name: "token",
    doc: "Prints an access token of the running local tenant",
    brief: "Get a token from the running local tenant",
    notes: ['In a shell: curl -H "Authorization: Bearer $(npx gatewarden token)" …'],
  },
  {
    name: "faults",
    operand: { name: "[name[:parameter=value,…]…]", least: 0, most: Number.POSITIVE_INFINITY, offers: faultNames },
    doc: "Makes the running local tenant go wrong on demand. Without a name, lists all faults and marks those that are on",
    brief: "Make it go wrong on demand: expired tokens, failing key sets, …",
    notes: [
      "For example: `gatewarden faults expired` (every token has expired), `gatewarden faults jwks-slow:seconds=10,times=2` (the next two key sets come ten seconds late), `gatewarden faults --reset` (all faults are off again).",
    ],
  },
  {
    name: "logout",
    doc: "Logs a person out of the running local tenant and of its applications, which it tells. Without --as, lists who is logged in",
    brief: "Log a person out of it, and everywhere else",
    notes: [
      "Sessions and refresh tokens end. A client gets a logout token (OpenID Connect Back-Channel Logout) if its configuration has a backchannelLogoutUri, and receivers of signals get session-revoked.",
    ],
  },
  {
    name: "signal",
    operand: { name: "[event]", least: 0, most: 1, offers: eventNames },
    doc: "Sends an event about a person to the receivers of signals (Shared Signals), and does what it says. Without an event, lists events and streams",
    brief: "Send a security event about a person",
    notes: [
      "For example: `gatewarden signal account-disabled --as alice` (Alice is logged out, and cannot log in), `gatewarden signal token-claims-change --as alice --permission read:reports` (her next token has this permission only).",
    ],
  },
  {
    name: "keys",
    doc: "Lists the keys of the running local tenant: which one signs, which still verify, and until when. Rotates and withdraws them",
    notes: [
      "For example: `gatewarden keys --algorithm ES256` (the next token is signed with a new key of that algorithm, and older ones still verify), `gatewarden keys --drop-old` (they verify no longer).",
    ],
  },
  {
    name: "tenant",
    operand: {
      name: "[persona|client|api name [member=value…]]",
      least: 0,
      most: Number.POSITIVE_INFINITY,
      offers: tenantKinds,
    },
    doc: "Lists APIs, personas and clients of the running local tenant. With a name, creates, changes or removes one",
    notes: [
      "The members are those of gatewarden.dev.json; a value that is not JSON is taken as text. Members that are not named stay. For example: `gatewarden tenant api https://api.acme.com rbac=false`, `gatewarden tenant persona dora permissions='[\"read:admin\"]'`.",
    ],
  },
  {
    name: "watch",
    doc: "Shows what happens at the running local tenant and at connected APIs, until Ctrl-C: decisions, tokens, faults, keys, log-outs",
    notes: [
      "Begins with the last events, at most 300. Filters are alternatives where one is repeated, and all must fit where there are several. For example: `gatewarden watch --outcome refused --need read:admin`.",
      "An API is connected by connectConsole of @gatewarden/dev/connect.",
    ],
  },
  {
    name: "reset",
    operand: {
      name: "[people|faults|keys|sessions…]",
      least: 0,
      most: Number.POSITIVE_INFINITY,
      offers: resetParts,
    },
    doc: "Returns the running local tenant to the state in which it started; with names, only these parts",
    notes: [
      "At once, without a question. people: personas, clients and APIs as configured, and no account is disabled. faults: all off. keys: those of the start, and their algorithms. sessions: logins, grants, refresh tokens and streams of signals end. For example: `gatewarden reset keys sessions`.",
    ],
  },
];

/** The row of a command. */
export function toCommand(name: string): CommandRow {
  return commands.find((row) => row.name === name) ?? commands[0];
}

const otherFlags = [
  {
    name: "remove-api",
    commands: ["tenant"],
    kind: "list",
    value: "<url>",
    doc: "An API that the console shows no longer",
    example: "--remove-api http://127.0.0.1:3000",
  },
  {
    name: "remove",
    commands: ["tenant"],
    kind: "switch",
    doc: "Remove the named persona, whose sessions end, or the named client",
    example: "--remove",
  },
  {
    name: "rotate",
    commands: ["keys"],
    kind: "switch",
    doc: "Sign with new keys from now on; the old ones still verify",
    example: "--rotate",
  },
  {
    name: "algorithm",
    commands: ["keys"],
    kind: "text",
    value: "<name>",
    choices: signingAlgorithms as readonly string[],
    doc: "Rotate, and sign the access tokens of all APIs with this algorithm: RS256, PS256, ES256, EdDSA or Ed25519",
    example: "--algorithm ES256",
  },
  {
    name: "drop-old",
    commands: ["keys"],
    kind: "switch",
    doc: "Rotate, and publish the old keys no longer",
    example: "--drop-old",
  },
  {
    name: "withdraw",
    commands: ["keys"],
    kind: "text",
    value: "<kid>",
    doc: "Publish this key no longer; it must not be one that signs",
    example: "--withdraw WBVeHqmv1dvJJBMRIslaBg",
  },
  {
    name: "as",
    commands: ["logout"],
    kind: "text",
    value: "<persona>",
    offers: personaNames as readonly string[],
    doc: "Who is logged out",
    example: "--as alice",
  },
  {
    name: "as",
    commands: ["signal"],
    kind: "text",
    value: "<persona>",
    offers: personaNames as readonly string[],
    doc: "Whom the event is about",
    example: "--as alice",
  },
  {
    name: "permission",
    commands: ["signal"],
    kind: "list",
    value: "<name>",
    doc: "token-claims-change: exactly these permissions from now on; an empty value takes all",
    example: "--permission read:reports",
  },
  {
    name: "credential",
    commands: ["signal"],
    kind: "text",
    value: "<type>",
    choices: credentialTypes as readonly string[],
    fallback: "password",
    doc: "credential-change: which kind of credential",
    example: "--credential password",
  },
  {
    name: "change",
    commands: ["signal"],
    kind: "text",
    value: "<type>",
    choices: changeTypes as readonly string[],
    fallback: "update",
    doc: "credential-change: create, revoke, update or delete",
    example: "--change revoke",
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
    commands: ["token", "faults", "logout", "signal", "keys", "tenant", "watch", "reset"],
    kind: "text",
    value: "<url>",
    fallback: "the one started here, else http://127.0.0.1:4400/",
    doc: "The tenant",
    example: "--issuer http://127.0.0.1:4400/",
  },
  {
    name: "json",
    commands: ["watch"],
    kind: "switch",
    doc: "One line of JSON for each event",
    example: "--json",
  },
  {
    name: "json",
    commands: ["faults", "logout", "signal", "keys", "tenant", "reset"],
    kind: "switch",
    doc: "Print the tenant's answer as one line of JSON",
    example: "--json",
  },
  {
    name: "json",
    commands: ["token"],
    kind: "switch",
    doc: "Print one line of JSON: { token, expiresAt, token_type, expires_in, scope? }",
    example: "--json",
  },
  {
    name: "quiet",
    short: "q",
    commands: ["token"],
    kind: "switch",
    doc: "Print the token only, without a warning that faults are on",
    example: "--quiet",
  },
  {
    name: "quiet",
    short: "q",
    commands: ["watch"],
    kind: "switch",
    doc: "Print events only, without notes",
    example: "--quiet",
  },
  {
    name: "quiet",
    short: "q",
    commands: ["faults", "logout", "signal", "keys", "tenant", "reset"],
    kind: "switch",
    doc: "Print problems only, after a change; a list is still printed",
    example: "--quiet",
  },
] as const;

const everyCommand = ["dev", "token", "faults", "logout", "signal", "keys", "tenant", "watch", "reset"] as const;

/** By name. */
export const flags: readonly [
  ...typeof devFlags,
  ...typeof tokenFlags,
  ...typeof watchFlags,
  ...typeof otherFlags,
  ...CommonFlags<(typeof everyCommand)[number]>,
] = [...devFlags, ...tokenFlags, ...watchFlags, ...otherFlags, ...toCommonFlags(everyCommand)];
