// Every flag of `gatewarden gateway`, one row each. Parsing, errors, `--help`, completion, manual
// pages and the tables of `docs/command-line.md` read it.
import { type CommandRow, type CommonFlags, type FlagRow, toCommonFlags } from "gatewarden/terminal";
import { proxyKinds } from "../proxy/kinds.js";

const proxies: readonly string[] = Object.keys(proxyKinds);

/** The commands of this package. */
export const commands = [
  {
    name: "gateway",
    doc: "Checks access tokens for a reverse proxy, which asks it about each request",
    brief: "Protect backends in any language, beside a reverse proxy",
    notes: [
      "Below it: gatewarden gateway check, test and snippet. SIGHUP, or a change of the file, reads the rules again. SIGTERM lets requests finish, then ends.",
    ],
  },
  {
    name: "gateway check",
    operand: { name: "rules.yaml", least: 1, most: 1 },
    doc: "Everything that is wrong with rules, without a network",
    brief: "Find what is wrong with rules",
  },
  {
    name: "gateway test",
    operand: { name: "cases.yaml", least: 1, most: 1 },
    doc: "Runs requests through the rules, with tokens of an issuer in this process, and compares what became of them",
    brief: "Run a file of requests through the rules",
  },
  {
    name: "gateway snippet",
    operand: { name: "<proxy>", least: 1, most: 1, offers: proxies },
    doc: "The lines of a proxy's configuration that depend on the names of identity headers",
    brief: "Print the lines of a proxy's configuration that depend on the rules",
  },
] as const satisfies readonly CommandRow[];

const own = [
  {
    name: "rules",
    commands: ["gateway", "gateway test", "gateway snippet"],
    kind: "text",
    value: "<file>",
    doc: "The rules. Without them, the gateway asks for a valid token with every request, and a file of cases names its own",
    example: "--rules rules.yaml",
  },
  {
    name: "proxy",
    commands: ["gateway"],
    kind: "text",
    value: "<kind>",
    offers: proxies,
    doc: 'nginx, caddy, traefik, haproxy, envoy, envoy-grpc or apache, instead of the file\'s "proxy"',
    example: "--proxy nginx",
  },
  {
    name: "listen",
    commands: ["gateway"],
    kind: "text",
    value: "<address>",
    fallback: "127.0.0.1:4180",
    doc: "Where proxies ask; also a socket, such as unix:/run/gatewarden/gateway.sock",
    example: "--listen 0.0.0.0:4180",
  },
  {
    name: "admin",
    commands: ["gateway"],
    kind: "text",
    value: "<address>",
    fallback: "127.0.0.1:4181",
    doc: "Metrics and health; off for none",
    example: "--admin off",
  },
  {
    name: "events",
    commands: ["gateway"],
    kind: "text",
    value: "<address>",
    fallback: "127.0.0.1:4182",
    doc: "Where providers report logouts and signals",
    example: "--events 0.0.0.0:4182",
  },
  {
    name: "workers",
    commands: ["gateway"],
    kind: "text",
    value: "<count>",
    fallback: "1",
    doc: "Processes over one port",
    example: "--workers 2",
  },
  {
    name: "strict",
    commands: ["gateway check"],
    kind: "switch",
    doc: "Warnings fail too",
    example: "--strict",
  },
  {
    name: "json",
    commands: ["gateway check", "gateway test"],
    kind: "switch",
    doc: "As JSON: of check [{ file, line, column, severity, message }], of test [{ name, line, ok, faults }]",
    example: "--json",
  },
  {
    name: "quiet",
    short: "q",
    commands: ["gateway check", "gateway test"],
    kind: "switch",
    doc: "Print problems only, and nothing if there are none",
    example: "--quiet",
  },
] as const satisfies readonly FlagRow[];

/** By name. */
export const flags: readonly [...typeof own, ...CommonFlags<(typeof commands)[number]["name"]>] = [
  ...own,
  ...toCommonFlags(commands.map(({ name }) => name)),
];
