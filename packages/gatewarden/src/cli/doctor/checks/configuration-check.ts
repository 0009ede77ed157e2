// Issuer and audience: how the library reads options and variables, and why it refuses them.
import { configure } from "../../../configuration/configure.js";
import { requireTermsFromEnvironment } from "../../../configuration/environment-terms.js";
import {
  type IssuerSpellings,
  type NameSettings,
  requireAudienceFromEnvironment,
  requireIssuerFromEnvironment,
} from "../../../configuration/environment-variables.js";
import { toIssuerSpellings } from "../../../configuration/issuer-name.js";
import { requireNameSettings } from "../../../configuration/issuer-options.js";
import type { KeysOptions } from "../../../configuration/keys-option-types.js";
import type { GuardOptions } from "../../../configuration/options.js";
import { ConfigError } from "../../../errors.js";
import { toGuardOptions } from "../../guard-flags.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import {
  type CheckResult,
  type DoctorCheck,
  type DoctorFacts,
  type DoctorOptions,
  defineCheck,
} from "../define-check.js";
import { inspectValue, isSet, type Variable, variables } from "./variables.js";

type Env = DoctorFacts["env"];

export const configurationCheck: DoctorCheck = defineCheck({
  title: "configuration",
  needs: ["env"],
  run: (context, { env }) => {
    const given = attempt("the command line", "gatewarden doctor --help", () => toGiven(context.options, env));
    return given.value ? inspect(given.value, env) : { findings: given.findings };
  },
});

/** What flags say, as options of `createGuard`. Throws `ConfigError`. */
function toGiven({ guardFlags, issuer, audience, discoveryUrl }: DoctorOptions, env: Env): GuardOptions {
  return toGuardOptions({ ...guardFlags, issuer, audience, "discovery-url": discoveryUrl }, env);
}

function inspect(given: GuardOptions, env: Env): CheckResult {
  const named = attempt("the environment", "JWKS_URI=https://acme.eu.auth0.com/.well-known/jwks.json", () =>
    given.issuer === undefined ? requireTermsFromEnvironment(env, given) : {},
  );
  const terms = named.value ?? {};
  const places = attempt("createGuard", "createGuard({ issuer, audience })", () => requireNameSettings(terms, given));
  // What is wrong with the keys says nothing about the name.
  const issuer = inspectIssuer(given.issuer, env, (named.value && places.value) ?? { isApart: true });
  const audience = inspectAudience(given.audience, env);
  const parts = [named, places, issuer, audience];
  const isWhole = parts.every(({ value }) => value !== undefined);
  const whole = isWhole
    ? attempt("createGuard", "createGuard({ issuer, audience })", () => configure(given))
    : undefined;
  const { value: spellings, option: issuerOption } = issuer;
  const text = typeof audience.value === "string" ? audience.value : undefined;
  return {
    findings: [...parts, ...(whole ? [whole] : [])].flatMap(({ findings }) => findings),
    facts: {
      ...(spellings && { issuers: spellings, issuerOption, ...findPlace(terms.keys ?? given.keys, given, spellings) }),
      ...(text !== undefined && { audience: text }),
      ...(places.value?.httpHosts && { httpHosts: places.value.httpHosts }),
      ...(whole?.value && { clockTolerance: whole.value.clockTolerance }),
    },
    ...(spellings && { note: `issuer ${spellings[0]}, ${describeAudience(audience.value)}` }),
  };
}

function describeAudience(audience: string | false | undefined): string {
  return audience === false ? "no audience" : `audience ${audience ?? "unknown"}`;
}

/** Where to look for metadata or keys. */
function findPlace(keys: KeysOptions = {}, { discoveryUrl }: GuardOptions, [issuer]: IssuerSpellings) {
  if ("jwksUri" in keys) {
    const { jwksUri } = keys;
    if (!URL.canParse(jwksUri)) return {};
    const metadata = { issuer, jwksUri, introspectionEndpoint: undefined, tokenEndpoint: undefined };
    return { keyOption: "jwksUri" as const, target: jwksUri, metadata };
  }
  if ("secret" in keys) return { keyOption: "secret" as const };
  return discoveryUrl === undefined ? {} : { target: discoveryUrl };
}

interface Read<Value> {
  readonly value?: Value;
  readonly option: string;
  readonly findings: readonly DoctorFinding[];
}

function inspectIssuer(option: GuardOptions["issuer"], env: Env, settings: NameSettings): Read<IssuerSpellings> {
  if (typeof option === "string")
    return attempt("--issuer", "--issuer https://acme.eu.auth0.com/", () => toIssuerSpellings(option, settings));
  return fromVariables("issuer", env, (variables) => requireIssuerFromEnvironment(variables, () => settings));
}

function inspectAudience(option: GuardOptions["audience"], env: Env): Read<string | false> {
  if (option === false) return { value: false, option: "--no-audience", findings: [] };
  if (typeof option === "string") {
    const asVariable = { AUTH0_AUDIENCE: option };
    return attempt("--audience", "--audience https://api.acme.com", () => requireAudienceFromEnvironment(asVariable));
  }
  return fromVariables("audience", env, requireAudienceFromEnvironment);
}

const several: ReadonlySet<string> = new Set(["the command line", "the environment", "createGuard"]);

function attempt<Value>(option: string, example: string, read: () => Value): Read<Value> {
  try {
    return { value: read(), option, findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Where several are read at once, the error knows which it was.
    const name = several.has(option) ? error.option : option;
    const right = name === option ? example : error.example;
    const values = { name, problem: toProblem(error, name), example: right };
    return { option, findings: [toDoctorFinding("variable_malformed", values)] };
  }
}

function fromVariables<Value>(what: Variable["what"], env: Env, read: (env: Env) => Value): Read<Value> {
  const both = variables.filter((variable) => variable.what === what);
  const set = both.filter(({ name }) => isSet(env[name]));
  const seen = set.flatMap((variable) => inspectValue(variable, env[variable.name] ?? ""));
  const option = (set[0] ?? both[0])?.name ?? "";
  if (set.length === 0) return { option, findings: [...toAbsent(both, env), ...findMistaken(both, env)] };
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

/** None says anything: those that are there and empty are named. */
function toAbsent(all: readonly Variable[], env: Env): readonly DoctorFinding[] {
  const empty = all.filter(({ name }) => env[name] !== undefined);
  if (empty.length > 0) return empty.map(({ name, example }) => toDoctorFinding("variable_empty", { name, example }));
  return all
    .slice(0, 1)
    .map(({ name, other, what, example }) => toDoctorFinding("variable_missing", { name, other, what, example }));
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
  const { name, example } = both.find((variable) => variable.name === error.option) ?? {
    name: error.option,
    example: "",
  };
  if (error.other !== undefined) {
    const [actual = "", value = ""] = [env[error.other], env[error.option]];
    return toDoctorFinding("variables_disagree", { name: error.other, actual, other: error.option, value });
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
