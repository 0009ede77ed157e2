// The file of `gatewarden gateway test`: requests, who sends them, and what is expected.

import { findNearestName } from "gatewarden/terminal";
import { z } from "zod";
import { type FileProblem, RulesError } from "../rules/problem.js";
import type { Place } from "../rules/rule.js";
import { parseYaml } from "../rules/yaml-file.js";

const text = z.union([z.string(), z.array(z.string())]);
const tokenSchema = z.strictObject({
  sub: z.string().optional(),
  clientId: z.string().optional(),
  audience: text.optional(),
  permissions: z.array(z.string()).optional(),
  scope: text.optional(),
  organization: z.string().optional(),
  expiresIn: z.number().optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
});
const requestSchema = z.strictObject({
  method: z.string().optional(),
  target: z.string(),
  host: z.string().optional(),
  scheme: z.enum(["http", "https"]).optional(),
  headers: z.record(z.string(), text).optional(),
});
const expectationSchema = z.strictObject({
  status: z.number().int(),
  reason: z.string().optional(),
  rule: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});
const caseSchema = z.strictObject({
  name: z.string().optional(),
  request: z.union([z.string(), requestSchema]),
  as: z.string().optional(),
  token: tokenSchema.optional(),
  expect: z.union([z.literal("allowed"), z.number().int(), expectationSchema]),
});
const casesSchema = z.strictObject({
  rules: z.string().optional(),
  personas: z.record(z.string(), tokenSchema).optional(),
  cases: z.array(caseSchema).min(1),
});

export type TokenFacts = z.infer<typeof tokenSchema>;

/** One case, ready to run. */
export interface PolicyCase {
  readonly name: string;
  readonly place: Place;
  readonly request: z.infer<typeof requestSchema>;
  /** Undefined: without a token. */
  readonly token: TokenFacts | undefined;
  readonly expected: z.infer<typeof expectationSchema>;
}

/** The cases of a file, and the rules that it names. */
export interface PolicyCases {
  readonly rules: string | undefined;
  readonly cases: readonly PolicyCase[];
}

/** Throws `RulesError`. */
export function parseCases(source: string): PolicyCases {
  const file = parseYaml(source);
  const result = casesSchema.safeParse(file.data);
  if (!result.success) {
    throw new RulesError(
      result.error.issues.map(({ path, message }) =>
        toProblem(`"${path.map(String).join(".")}" is wrong: ${message}`, file.placeOf(path)),
      ),
    );
  }
  const { rules, personas = {}, cases } = result.data;
  const parsed = cases.map((one, index): PolicyCase => {
    const place = file.placeOf(["cases", index]);
    const request = typeof one.request === "string" ? parseLine(one.request, place) : one.request;
    return {
      name: one.name ?? `${request.method ?? "GET"} ${request.target}${one.as === undefined ? "" : ` as ${one.as}`}`,
      place,
      request,
      token:
        one.as === undefined
          ? one.token
          : { ...parsePersona(personas, one.as, file.placeOf(["cases", index, "as"])), ...one.token },
      expected:
        one.expect === "allowed"
          ? { status: 200 }
          : typeof one.expect === "number"
            ? { status: one.expect }
            : one.expect,
    };
  });
  return { rules, cases: parsed };
}

/** `GET /reports`, or `/reports`. */
function parseLine(line: string, place: Place): PolicyCase["request"] {
  const match = /^(?:([A-Za-z-]+) )?(\/\S*)$/.exec(line);
  if (!match) throw new RulesError([toProblem('"request" must be a method and a target, such as GET /reports', place)]);
  return { method: match[1], target: match[2] as string };
}

function parsePersona(personas: Readonly<Record<string, TokenFacts>>, name: string, place: Place): TokenFacts {
  const persona = Object.hasOwn(personas, name) ? personas[name] : undefined;
  if (persona !== undefined) return persona;
  const nearest = findNearestName(name, Object.keys(personas));
  throw new RulesError([
    toProblem(`there is no persona "${name}"${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`, place),
  ]);
}

function toProblem(message: string, place: Place): FileProblem {
  return { severity: "error", message, place };
}
