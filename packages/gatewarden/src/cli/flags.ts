// Every flag of `gatewarden explain` and `gatewarden doctor`, one row each. Parsing, errors,
// `--help` and the tables of `docs/command-line.md` read it. The flags of `dev`, `token` and
// `faults` have the same form in `packages/dev`.
import type { CommandRow } from "./parse-flags.js";

/** The commands of this package. */
export const commands: readonly [explain: CommandRow, doctor: CommandRow] = [
  {
    name: "explain",
    operand: { name: "<token | request | ->", least: 1, most: 1 },
    doc: 'Everything that is wrong with a token, an "Authorization: …" line, a curl command or an HTTP request as text; "-" reads standard input',
    notes: [
      "Checks it against the environment or .env, against the flags, or against the guard of --config. Keys come from that issuer alone; the token goes nowhere.",
      "Ends with 0 if the API would accept it, 1 if not, 2 if the command or the configuration cannot be right.",
    ],
  },
  {
    name: "doctor",
    doc: "What keeps an API from checking tokens: configuration, network, issuer, keys, clock, and with --url the API itself",
    notes: [
      "Ends with 0 without errors, 1 with errors, 2 if the command line was not understood. All together may take twelve times --timeout.",
    ],
  },
];

/** The commands of `@gatewarden/dev`, only for the list of commands. */
export const tenantCommands: readonly CommandRow[] = [
  { name: "dev", doc: "Start the local tenant: a real OpenID provider, no account needed" },
  { name: "token", doc: "Get a token from the running local tenant: --as alice --permission read:admin" },
  { name: "faults", doc: "Make the running local tenant go wrong on demand: expired, jwks-500, … or --reset" },
];

/** The flags of these commands. */
export const flags = [
  {
    name: "config",
    commands: ["explain", "doctor"],
    kind: "text",
    value: "<file>",
    doc: "A module that exports the API's own guard, as guard or as default (.mjs, .js, .cjs; .ts with Node.js 22.18 or newer). Its configuration is used instead of flags and environment",
    example: "--config ./guard.mjs",
  },
  {
    name: "issuer",
    commands: ["explain", "doctor"],
    kind: "text",
    value: "<url>",
    environment: ["AUTH0_DOMAIN", "ISSUER_BASE_URL"],
    doc: "The exact issuer, as createGuard gets it",
    example: "--issuer https://acme.eu.auth0.com/",
  },
  {
    name: "audience",
    commands: ["explain", "doctor"],
    kind: "text",
    value: "<name>",
    environment: ["AUTH0_AUDIENCE", "AUDIENCE"],
    doc: "The audience: the identifier of the API",
    example: "--audience https://api.acme.com",
  },
  {
    name: "discovery-url",
    commands: ["explain", "doctor"],
    kind: "text",
    value: "<url>",
    doc: "Where the issuer's metadata are, as the option discoveryUrl",
    example: "--discovery-url https://keycloak.internal/.well-known/openid-configuration",
  },
  {
    name: "jwks-uri",
    commands: ["explain"],
    kind: "text",
    value: "<url>",
    doc: "Where the keys are, as the option keys.jwksUri",
    example: "--jwks-uri https://acme.eu.auth0.com/.well-known/jwks.json",
  },
  {
    name: "secret-env",
    commands: ["explain"],
    kind: "text",
    value: "<name>",
    doc: "The variable that holds a shared secret for HMAC, as the option keys.secret. The secret is never shown",
    example: "--secret-env JWT_SECRET",
  },
  {
    name: "claim-name",
    commands: ["explain"],
    kind: "list",
    value: "<name=claim>",
    doc: "Where grants stand, as the option claimNames: scope, permissions, roles, organization. Dots are steps inwards",
    example: "--claim-name roles=realm_access.roles",
  },
  {
    name: "scope-as-list",
    commands: ["explain"],
    kind: "switch",
    doc: "Scopes may be a list of text, as the option scopeAsList",
    example: "--scope-as-list",
  },
  {
    name: "permission",
    commands: ["explain"],
    kind: "list",
    value: "<name>",
    doc: "Also tell whether an endpoint that requires this permission would accept it",
    example: "--permission read:admin",
  },
  {
    name: "scope",
    commands: ["explain"],
    kind: "list",
    value: "<name>",
    doc: "The same for a scope",
    example: "--scope read:reports",
  },
  {
    name: "role",
    commands: ["explain"],
    kind: "list",
    value: "<name>",
    doc: "The same for a role",
    example: "--role admin",
  },
  {
    name: "dpop",
    commands: ["explain"],
    kind: "switch",
    doc: "The API takes DPoP-bound tokens: check the proof as well",
    example: "--dpop",
  },
  {
    name: "env-file",
    commands: ["doctor"],
    kind: "text",
    value: "<file>",
    doc: "Load variables from a file first",
    example: "--env-file .env",
  },
  {
    name: "url",
    commands: ["doctor"],
    kind: "text",
    value: "<url>",
    doc: "Also look at a running API: a protected endpoint that answers GET. Sends bad tokens to it, and never a good one",
    example: "--url https://api.acme.com/reports",
  },
  {
    name: "origin",
    commands: ["doctor"],
    kind: "text",
    value: "<origin>",
    doc: "With --url: whether pages of this origin may call the API (CORS)",
    example: "--origin https://app.acme.com",
  },
  {
    name: "timeout",
    commands: ["explain", "doctor"],
    kind: "text",
    value: "<seconds>",
    fallback: "5",
    doc: "For each thing that doctor waits for, and for the module of --config",
    example: "--timeout 10",
  },
  {
    name: "json",
    commands: ["explain", "doctor"],
    kind: "switch",
    doc: "Findings as JSON: [{ code, severity, message, fix, expected?, actual? }]; doctor adds its checks, and writes progress to standard error",
    example: "--json",
  },
  {
    name: "help",
    short: "h",
    commands: ["explain", "doctor"],
    kind: "switch",
    doc: "Show this text",
    example: "--help",
  },
] as const;
