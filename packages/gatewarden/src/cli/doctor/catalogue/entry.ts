// The shape of a catalogue's rows.

/** What one code means, and what to do. Words in braces stand for values, which `toFinding` puts in. */
export interface CatalogueEntry {
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly fix: string;
}
