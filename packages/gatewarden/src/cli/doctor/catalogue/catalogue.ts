// All findings of `doctor`: code → severity, message, fix. Also creates findings, with values
// inserted.
import type { Finding } from "../../../index.js";
import { apiCatalogue } from "./api-findings.js";
import { configurationCatalogue } from "./configuration-findings.js";
import { issuerCatalogue } from "./issuer-findings.js";
import { networkCatalogue } from "./network-findings.js";
import { runCatalogue } from "./run-findings.js";
import { toShownText } from "./shown-text.js";

/** The message and fix of one code. `toDoctorFinding` replaces words in braces with values. */
interface CatalogueEntry {
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly fix: string;
}

type Catalogue = typeof configurationCatalogue &
  typeof networkCatalogue &
  typeof issuerCatalogue &
  typeof apiCatalogue &
  typeof runCatalogue;

/** Every finding of `gatewarden doctor`. Codes are stable. */
export const doctorCatalogue: Catalogue & Readonly<Record<keyof Catalogue, CatalogueEntry>> = {
  ...configurationCatalogue,
  ...networkCatalogue,
  ...issuerCatalogue,
  ...apiCatalogue,
  ...runCatalogue,
};

/** The stable code of a finding of `doctor`. */
export type DoctorCode = keyof Catalogue;

/** A finding of `doctor`. */
export type DoctorFinding = Finding<DoctorCode>;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type ValuesOf<Code extends DoctorCode> = Readonly<Record<NamesIn<Catalogue[Code]["message" | "fix"]>, string | number>>;

/** Two texts that should be equal. */
interface Comparison {
  readonly expected: string;
  readonly actual: string;
}

/**
 * Creates a finding with its values. Untrusted values are sanitized: secrets, control characters,
 * length.
 */
export function toDoctorFinding<Code extends DoctorCode>(
  code: Code,
  values: ValuesOf<Code>,
  comparison?: Comparison,
): DoctorFinding {
  const { severity, message, fix } = doctorCatalogue[code];
  const texts: ReadonlyMap<string, string | number> = new Map(Object.entries(values));
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_all, name) => toShownText(String(texts.get(name))));
  return {
    code,
    severity,
    message: fill(message),
    fix: fill(fix),
    ...(comparison && { expected: toShownText(comparison.expected), actual: toShownText(comparison.actual) }),
  };
}
