// Checks the arguments of a provider as the library does: by its own preset, and by a guard.
import { type AccessTokenClaims, ConfigError, createGuard, type GuardOptions, type IssuerOptions } from "gatewarden";
import * as presets from "gatewarden/providers";
import { toFlagName } from "./flags.js";
import type { ProviderRow } from "./provider-row.js";

const byName: ReadonlyMap<string, unknown> = new Map(Object.entries(presets));

/** By argument. */
export type ProviderValues = Readonly<Record<string, string>>;

/** What is wrong, by the flag that says it. Undefined if a guard would take it. */
export interface ProviderProblem {
  /** Undefined if no single argument is at fault. */
  readonly argument: string | undefined;
  readonly message: string;
}

export function findProviderProblem(row: ProviderRow, values: ProviderValues): ProviderProblem | undefined {
  for (const [argument, value] of Object.entries(values)) {
    // It becomes a line of a file (CWE-93).
    if (!/[\p{Cc}\u2028\u2029]/u.test(value)) continue;
    return { argument, message: `--${toFlagName(argument)} must not contain control characters` };
  }
  try {
    const options = createOptions(row, values);
    if (options !== undefined) createGuard({ ...options, env: {} });
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return toProblem(row, error);
    throw error;
  }
}

/** Undefined for the local tenant, which the environment names. */
function createOptions(row: ProviderRow, values: ProviderValues): GuardOptions<AccessTokenClaims> | undefined {
  if (row.id === "local") return undefined;
  const { preset, header } = row;
  if (preset === undefined) return { issuer: values["issuer"] ?? "", audience: values["audience"] ?? "" };
  const create = byName.get(preset) as (given: object) => IssuerOptions<AccessTokenClaims>;
  const { proxy = "", ...given } = values;
  if (header === undefined) return { issuer: create(given) };
  return { issuer: create(given), tokenFrom: { header }, trustProxy: { addresses: [proxy] } };
}

/** `okta.domain is …` → `--domain is …`, with an example that can be typed. */
function toProblem(row: ProviderRow, { option, problem, example, message }: ConfigError): ProviderProblem {
  const name = option.startsWith("trustProxy") ? "proxy" : option.split(".").at(-1);
  const argument = row.arguments.find((one) => one.name === name);
  if (argument === undefined) return { argument: undefined, message };
  const flag = toFlagName(argument.name);
  const shown = argument.example.includes(" ") ? example : `--${flag} ${argument.example}`;
  return { argument: argument.name, message: `--${flag} ${problem}. For example: ${shown}` };
}
