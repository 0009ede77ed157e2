// `gatewarden gateway test cases.yaml`: runs requests through the rules, with tokens of an issuer
// in this process. No network.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Algorithm } from "gatewarden";
import { paint, type Screen } from "gatewarden/terminal";
import { createTestIssuer, type TestIssuer, type TestTokenOptions } from "gatewarden/testing";
import { type Policy, toConfig } from "../config.js";
import { createTokenIssuer, type TokenIssuer } from "../identity/token-issuer.js";
import { parseRules, type RulesFile } from "../rules/parse-rules.js";
import { RulesError } from "../rules/problem.js";
import type { Answer } from "../server/answer.js";
import { decide, type Journey } from "../server/decide.js";
import { settle } from "../server/settle.js";
import { type PolicyCase, type PolicyCases, parseCases } from "./cases.js";
import type { TestLine } from "./command-line.js";
import { toReport } from "./report.js";

/** 0 if every case ends as expected, 1 if one does not, 2 if a file cannot be read. */
export async function runTest(line: TestLine, screen: Screen): Promise<number> {
  const { path, rules } = line;
  const text = readFileSync(path, "utf8");
  const cases = parseOr(() => parseCases(text), { path, text, screen });
  if (cases === undefined) return 2;
  const rulesPath = rules ?? (cases.rules === undefined ? undefined : resolve(dirname(path), cases.rules));
  if (rulesPath === undefined) {
    screen.fail(`${path} names no rules: add "rules: rules.yaml", or --rules`);
    return 2;
  }
  const rulesText = readFileSync(rulesPath, "utf8");
  const file = parseOr(() => parseRules(rulesText), { path: rulesPath, text: rulesText, screen });
  if (file === undefined) return 2;
  const results = await runCases(cases, file);
  if (line.json) screen.out(`${JSON.stringify(results, null, 2)}\n`);
  else printResults(results, screen);
  return results.every(({ ok }) => ok) ? 0 : 1;
}

function parseOr<Parsed>(
  parse: () => Parsed,
  { path, text, screen }: { readonly path: string; readonly text: string; readonly screen: Screen },
): Parsed | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    for (const problem of error.problems) screen.aside(...toReport(path, text, problem));
    return undefined;
  }
}

/** What became of one case. */
interface CaseResult {
  readonly name: string;
  readonly line: number;
  readonly ok: boolean;
  readonly faults: readonly string[];
}

async function runCases({ cases }: PolicyCases, file: RulesFile): Promise<readonly CaseResult[]> {
  const bench = await createBench(file);
  const results: CaseResult[] = [];
  for (const one of cases) {
    const faults = await findFaults(one, bench);
    results.push({ name: one.name, line: one.place.line, ok: faults.length === 0, faults });
  }
  return results;
}

function printResults(results: readonly CaseResult[], screen: Screen): void {
  const { symbols, isQuiet } = screen;
  for (const { name, line, ok, faults } of results) {
    if (ok && isQuiet) continue;
    const word = ok ? paint("ok", `${symbols.ok} ok   `) : paint("error", `${symbols.error} error`);
    screen.out(word, ` ${name}\n${faults.map((fault) => `        line ${line}: ${fault}\n`).join("")}`);
  }
  if (!isQuiet) screen.out(`${results.filter(({ ok }) => ok).length} of ${results.length} as expected\n`);
}

/** What every case runs with. */
interface Bench {
  readonly policy: Policy;
  readonly issuer: TestIssuer;
  readonly tokens: TokenIssuer | undefined;
}

/** The rules with an issuer in process in place of their own. What grants mean stays as written. */
async function createBench({ data, rules }: RulesFile): Promise<Bench> {
  const {
    issuer: _issuer,
    audience: _audience,
    keys: _keys,
    discoveryUrl: _url,
    allowedHosts: _hosts,
    insecureHttpHosts: _http,
    ...kept
  } = data.guard ?? {};
  // Nothing is shared, and nothing reported.
  const { redis: _redis, events: _events, logout: _logout, signals: _signals, cutOff: _cutOff, ...local } = data;
  const [algorithm] = (kept["algorithms"] ?? []) as readonly Algorithm[];
  const issuer = createTestIssuer({
    ...(algorithm && { algorithm }),
    ...(kept["tokenType"] === "at+jwt" && { profile: "rfc9068" as const }),
  });
  const { policy } = toConfig(
    { data: { ...local, guard: kept }, rules },
    { env: {}, overrides: { proxy: "haproxy" }, guardOptions: issuer.guardOptions },
  );
  const tokens = policy.token && (await createTokenIssuer(policy.token, {}, () => Date.now() / 1000));
  return { policy, issuer, tokens };
}

async function findFaults(
  { request, token, expected }: PolicyCase,
  { policy, issuer, tokens }: Bench,
): Promise<string[]> {
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const journey: Journey = {};
  const verdict = await decide(
    {
      method: "GET",
      target: "",
      headers: {
        ...headers,
        "x-original-method": request.method ?? "GET",
        "x-original-uri": request.target,
        "x-original-host": request.host ?? "api.example.com",
        "x-original-proto": request.scheme ?? "https",
        "x-original-address": "192.0.2.1",
        ...(token && { authorization: `Bearer ${issuer.token(token as TestTokenOptions)}` }),
      },
    },
    journey,
    { policy, failures: undefined },
  );
  return compare(await settle(verdict, { policy, journey, tokens }), journey, expected);
}

function compare(
  { trueStatus, reason, headers }: Answer,
  { rule }: Journey,
  expected: PolicyCase["expected"],
): string[] {
  const faults: string[] = [];
  const add = (what: string, wanted: unknown, actual: unknown) => {
    if (wanted !== undefined && wanted !== actual)
      faults.push(`${what} is ${String(actual)}, expected ${String(wanted)}`);
  };
  add("the status", expected.status, trueStatus);
  add("the rule", expected.rule, rule?.name);
  add("the reason", expected.reason, reason);
  if (faults.length > 0 && expected.reason === undefined && reason !== undefined)
    faults.push(`the reason is ${reason}`);
  for (const [name, wanted] of Object.entries(expected.headers ?? {}))
    add(name, wanted, headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1]);
  return faults;
}
