// Every flag of `gatewarden explain`, `doctor` and `completion`, one row each. Parsing, errors,
// `--help`, completion, manual pages and the tables of `docs/command-line.md` read it. The commands
// of other packages have tables of the same form there.
import { type CommonFlags, toCommonFlags } from "./terminal/common-flags.js";
import type { CommandRow } from "./terminal/parse-flags.js";

/** The commands of this package. */
export const commands: readonly [explain: CommandRow, doctor: CommandRow, completion: CommandRow] = [
  {
    name: "explain",
    operand: { name: "<token | request | ->", least: 1, most: 1 },
    doc: 'Everything that is wrong with a token, an "Authorization: …" line, a curl command or an HTTP request as text; "-" reads standard input',
    brief: "Everything that is wrong with a token or a request, with fixes",
    notes: [
      "Checks it against the environment or .env, against the flags, or against the guard of --config. Keys come from that issuer alone; the token goes nowhere.",
      "Ends with 0 if the API would accept it, 1 if not, 2 if the command or the configuration cannot be right.",
    ],
  },
  {
    name: "doctor",
    doc: "What keeps an API from checking tokens: configuration, network, issuer, keys, clock, and with --url the API itself",
    brief: "What keeps an API from checking tokens; with --url, the API itself",
    notes: [
      "Ends with 0 without errors, 1 with errors, 2 if the command line was not understood. All together may take twelve times --timeout.",
    ],
  },
  {
    name: "completion",
    operand: { name: "<bash | zsh | fish>", least: 1, most: 1, offers: ["bash", "zsh", "fish"] },
    doc: "Prints the script with which a shell completes commands, flags and values",
    brief: "Let bash, zsh or fish complete commands, flags and values",
    notes: [
      'bash: eval "$(gatewarden completion bash)" in ~/.bashrc. zsh: source <(gatewarden completion zsh) in ~/.zshrc, after compinit. fish: gatewarden completion fish > ~/.config/fish/completions/gatewarden.fish',
      "The script completes `gatewarden` as a command of its own, not behind npx. It knows the flags of the packages that are installed when it is printed.",
    ],
  },
];

/** The commands of other packages, only for the list of commands. */
export const delegatedCommands: readonly CommandRow[] = [
  {
    name: "dev",
    doc: "Start the local tenant: a real OpenID provider, no account needed",
  },
  {
    name: "token",
    doc: "Get a token from the running local tenant: --as alice --permission read:admin",
    brief: "Get a token from the running local tenant",
  },
  {
    name: "faults",
    doc: "Make the running local tenant go wrong on demand: expired, jwks-500, … or --reset",
    brief: "Make it go wrong on demand: expired tokens, failing key sets, …",
  },
  {
    name: "logout",
    doc: "Log a person out of the running local tenant and everywhere else: --as alice",
    brief: "Log a person out of it, and everywhere else",
  },
  {
    name: "signal",
    doc: "Send an event about a person to the receivers of signals: account-disabled --as alice",
    brief: "Send a security event about a person",
  },
  {
    name: "keys",
    doc: "List, rotate and withdraw the keys of the running local tenant: --algorithm ES256",
    brief: "List, rotate and withdraw its keys",
  },
  {
    name: "tenant",
    doc: "List and change APIs, personas and clients of the running local tenant",
    brief: "List and change its APIs, personas and clients",
  },
  {
    name: "watch",
    doc: "Show what happens at the running local tenant and at connected APIs",
    brief: "Show what happens at it and at connected APIs",
  },
  {
    name: "reset",
    doc: "Return the running local tenant to the state in which it started",
    brief: "Return it to the state in which it started",
  },
  {
    name: "migrate",
    doc: "Move an API from express-oauth2-jwt-bearer, express-jwt or passport-jwt; shows a diff first",
    brief: "Move an API from another library; shows a diff first",
  },
  {
    name: "gateway",
    doc: "Protect backends in any language beside nginx, Caddy, Traefik, HAProxy, Apache or Envoy: --rules rules.yaml",
    brief: "Protect backends in any language, beside a reverse proxy",
  },
  {
    name: "init",
    doc: "Add Gatewarden to an existing API; shows a diff first. A new one: npm create gatewarden@latest",
    brief: "Add Gatewarden to an existing API; shows a diff first",
  },
];

const own = [
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
    environment: ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "ISSUER"],
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
    name: "no-audience",
    commands: ["explain", "doctor"],
    kind: "switch",
    doc: "The issuer's access tokens have no audience, as the option audience: false. Needs --client-id",
    example: "--no-audience",
  },
  {
    name: "client-id",
    commands: ["explain", "doctor"],
    kind: "list",
    value: "<id>",
    doc: "The only clients that tokens may be issued to, as the option clientId",
    example: "--client-id 1example23456789",
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
    commands: ["explain", "doctor"],
    kind: "text",
    value: "<url>",
    doc: "Where the keys are, as the option keys.jwksUri",
    example: "--jwks-uri https://acme.eu.auth0.com/.well-known/jwks.json",
  },
  {
    name: "insecure-http-host",
    commands: ["explain", "doctor"],
    kind: "list",
    value: "<host:port>",
    doc: "A host that may be asked over http, as the option insecureHttpHosts",
    example: "--insecure-http-host keycloak:8080",
  },
  {
    name: "secret-env",
    commands: ["explain", "doctor"],
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
    name: "claim-format",
    commands: ["explain"],
    kind: "list",
    value: "<name=format>",
    doc: "In which shape grants stand, as the option claimFormats: scope, permissions or roles",
    example: "--claim-format roles=keys",
  },
  {
    name: "allow-id-tokens",
    commands: ["explain"],
    kind: "switch",
    doc: "The issuer's clients send its ID tokens, as the option allowIdTokens",
    example: "--allow-id-tokens",
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
    doc: "Also look at a running API: a protected endpoint that answers GET. Sends bad tokens to it; good ones only of a local tenant",
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
    name: "quiet",
    short: "q",
    commands: ["explain", "doctor"],
    kind: "switch",
    doc: "Print problems only, and nothing if there are none",
    example: "--quiet",
  },
] as const;

/** The flags of these commands. */
export const flags: readonly [...typeof own, ...CommonFlags<"explain" | "doctor" | "completion">] = [
  ...own,
  ...toCommonFlags(["explain", "doctor", "completion"] as const),
];
