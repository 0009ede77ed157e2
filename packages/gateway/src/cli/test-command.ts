// `gatewarden gateway test cases.yaml`: runs requests through the rules, with tokens of an issuer
// in this process. No network.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Algorithm } from "gatewarden";
import { createTestIssuer, type TestIssuer, type TestTokenOptions } from "gatewarden/testing";
import { type Policy, toConfig } from "../config.js";
import { createTokenIssuer, type TokenIssuer } from "../identity/token-issuer.js";
import { parseRules, type RulesFile } from "../rules/parse-rules.js";
import { RulesError } from "../rules/problem.js";
import type { Answer } from "../server/answer.js";
import { decide, type Journey } from "../server/decide.js";
import { settle } from "../server/settle.js";
import { type PolicyCase, type PolicyCases, parseCases } from "./cases.js";
import type { CliIo } from "./io.js";
import { toPrintable, toReport } from "./report.js";

/** How the command was called. */
export interface TestFlags {
  readonly path: string;
  /** Instead of the rules that the file names. */
  readonly rules: string | undefined;
}

/** 0 if every case ends as expected, 1 if one does not, 2 if a file cannot be read. */
export async function runTest({ path, rules }: TestFlags, io: CliIo): Promise<number> {
  const text = readFileSync(path, "utf8");
  const cases = parseOr(() => parseCases(text), { path, text, io });
  if (cases === undefined) return 2;
  const rulesPath = rules ?? (cases.rules === undefined ? undefined : resolve(dirname(path), cases.rules));
  if (rulesPath === undefined) {
    io.error(`${toPrintable(path)} names no rules: add "rules: rules.yaml", or --rules\n`);
    return 2;
  }
  const rulesText = readFileSync(rulesPath, "utf8");
  const file = parseOr(() => parseRules(rulesText), { path: rulesPath, text: rulesText, io });
  return file === undefined ? 2 : runCases(cases, file, io);
}

function parseOr<Parsed>(
  parse: () => Parsed,
  { path, text, io }: { readonly path: string; readonly text: string; readonly io: CliIo },
): Parsed | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    for (const problem of error.problems) io.error(toReport(path, text, problem));
    return undefined;
  }
}

/** What every case runs with. */
interface Bench {
  readonly policy: Policy;
  readonly issuer: TestIssuer;
  readonly tokens: TokenIssuer | undefined;
}

async function runCases({ cases }: PolicyCases, file: RulesFile, io: CliIo): Promise<number> {
  const bench = await createBench(file);
  let failed = 0;
  for (const one of cases) {
    const faults = await findFaults(one, bench);
    if (faults.length > 0) failed += 1;
    io.out(
      toPrintable(
        `${faults.length === 0 ? "ok  " : "FAIL"} ${one.name}\n${faults.map((fault) => `       line ${one.place.line}: ${fault}\n`).join("")}`,
      ),
    );
  }
  io.out(`${cases.length - failed} of ${cases.length} as expected\n`);
  return failed === 0 ? 0 : 1;
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
  const [algorithm] = (kept["algorithms"] ?? []) as readonly Algorithm[];
  const issuer = createTestIssuer({
    ...(algorithm && { algorithm }),
    ...(kept["tokenType"] === "at+jwt" && { profile: "rfc9068" as const }),
  });
  const { policy } = toConfig(
    { data: { ...data, guard: kept }, rules },
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
