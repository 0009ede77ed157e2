// Issuer and audience: how the library reads options and variables, and why it refuses them.
import { configure } from "../../../configuration/configure.js";
import {
  type IssuerSpellings,
  requireAudienceFromEnvironment,
  requireExactIssuer,
  requireIssuerFromEnvironment,
} from "../../../configuration/environment-variables.js";
import { ConfigError } from "../../../errors.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type Context, type DoctorCheck, type DoctorFacts, defineCheck } from "../define-check.js";
import { inspectValue, type Variable, variables } from "./variables.js";

type Env = DoctorFacts["env"];

export const configurationCheck: DoctorCheck = defineCheck({
  title: "configuration",
  needs: ["env"],
  run: ({ options }, { env }) => {
    const issuer = inspectIssuer(options.issuer, env);
    const audience = inspectAudience(options.audience, env);
    const whole = issuer.value && audience.value !== undefined ? inspectWhole(options, env) : { findings: [] };
    return {
      findings: [...issuer.findings, ...audience.findings, ...whole.findings],
      facts: {
        ...(issuer.value && { issuers: issuer.value, issuerOption: issuer.option }),
        ...(audience.value !== undefined && { audience: audience.value }),
        ...(options.discoveryUrl !== undefined && { target: options.discoveryUrl }),
        ...(whole.value !== undefined && { clockTolerance: whole.value }),
      },
      ...(issuer.value && { note: `issuer ${issuer.value[0]}, audience ${audience.value ?? "unknown"}` }),
    };
  },
});

interface Read<Value> {
  readonly value?: Value;
  readonly option: string;
  readonly findings: readonly DoctorFinding[];
}

function inspectIssuer(option: string | undefined, env: Env): Read<IssuerSpellings> {
  if (option !== undefined)
    return attempt("--issuer", "--issuer https://acme.eu.auth0.com/", () => requireExactIssuer(option));
  return fromVariables("issuer", env, requireIssuerFromEnvironment);
}

function inspectAudience(option: string | undefined, env: Env): Read<string> {
  if (option !== undefined) {
    const asVariable = { AUTH0_AUDIENCE: option };
    return attempt("--audience", "--audience https://api.acme.com", () => requireAudienceFromEnvironment(asVariable));
  }
  return fromVariables("audience", env, requireAudienceFromEnvironment);
}

/** The guard's own checks decide. */
function inspectWhole(
  { issuer, audience, discoveryUrl }: Context["options"],
  env: Env,
): { value?: number; findings: readonly DoctorFinding[] } {
  const { value, findings } = attempt("createGuard", "createGuard({ issuer, audience })", () =>
    configure({
      env,
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
      ...(discoveryUrl !== undefined && { discoveryUrl }),
    }),
  );
  return { findings, ...(value && { value: value.clockTolerance }) };
}

function attempt<Value>(option: string, example: string, read: () => Value): Read<Value> {
  try {
    return { value: read(), option, findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = [
      toDoctorFinding("variable_malformed", { name: option, problem: toProblem(error, option), example }),
    ];
    return { option, findings };
  }
}

function fromVariables<Value>(what: Variable["what"], env: Env, read: (env: Env) => Value): Read<Value> {
  const both = variables.filter((variable) => variable.what === what);
  const set = both.filter(({ name }) => env[name] !== undefined);
  const seen = set.flatMap((variable) => inspectValue(variable, env[variable.name] ?? ""));
  const [first, second] = both;
  const option = (set[0] ?? first)?.name ?? "";
  if (!first || !second) return { option, findings: [] };
  if (set.length === 0) return { option, findings: [toMissing(first), ...findMistaken(both, env)] };
  if (seen.some(({ severity }) => severity === "error")) return { option, findings: seen };
  try {
    return { value: read(env), option, findings: [...seen, ...(what === "issuer" ? findScheme(env) : [])] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { option, findings: [...seen, explainVariable(error, both, env)] };
  }
}

/** The problem, with the name that the developer wrote. The example is part of the fix. */
function toProblem({ problem }: ConfigError, name: string): string {
  return `${name} ${problem}.`;
}

function toMissing({ name, other, what, example }: Variable): DoctorFinding {
  return toDoctorFinding("variable_missing", { name, other, what, example });
}

function findMistaken(both: readonly Variable[], env: Env): readonly DoctorFinding[] {
  return both.flatMap(({ name, mistaken }) =>
    mistaken
      .filter((one) => env[one] !== undefined)
      .map((actual) => toDoctorFinding("variable_unread", { actual, name })),
  );
}

/** Whether two names disagree, or one value is invalid. */
function explainVariable(error: ConfigError, both: readonly Variable[], env: Env): DoctorFinding {
  const [first, second] = both;
  const { name, example } = both.find((variable) => variable.name === error.option) ?? {
    name: error.option,
    example: "",
  };
  if (first && second && error.other !== undefined) {
    const [actual = "", value = ""] = [env[first.name], env[second.name]];
    return toDoctorFinding("variables_disagree", { name: first.name, actual, other: second.name, value });
  }
  return toDoctorFinding("variable_malformed", { problem: toProblem(error, name), name, example });
}

function findScheme(env: Env): readonly DoctorFinding[] {
  const name = "AUTH0_DOMAIN";
  const actual = env[name]?.trim() ?? "";
  if (!/^https?:\/\//i.test(actual)) return [];
  const [issuer] = requireIssuerFromEnvironment({ [name]: actual });
  return [toDoctorFinding("domain_with_scheme", { name, actual, issuer, bare: new URL(issuer).host })];
}
