// All that `doctor` can find: code → severity, meaning, fix. And the making of a finding, where values are put in.
import type { Finding } from "../../../index.js";
import { apiCatalogue } from "./api-findings.js";
import { configurationCatalogue } from "./configuration-findings.js";
import { issuerCatalogue } from "./issuer-findings.js";
import { networkCatalogue } from "./network-findings.js";
import { runCatalogue } from "./run-findings.js";
import { toShownText } from "./shown-text.js";

/** What one code means, and what to do. Words in braces stand for values, which `toDoctorFinding` puts in. */
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

/** The stable name of something that `doctor` can find. */
export type DoctorCode = keyof Catalogue;

/** Something that `doctor` found. */
export type DoctorFinding = Finding<DoctorCode>;

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type ValuesOf<Code extends DoctorCode> = Readonly<Record<NamesIn<Catalogue[Code]["message" | "fix"]>, string | number>>;

/** Two texts that should be the same. */
interface Comparison {
  readonly expected: string;
  readonly actual: string;
}

/** A finding with its values. Whatever comes from outside is made harmless on the way: secrets, control characters, length. */
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
