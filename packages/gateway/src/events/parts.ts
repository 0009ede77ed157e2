// What the endpoints of a gateway have in common.
import type { Guard, Revoker } from "gatewarden";

/** Hears what became of a report: its kind and outcome, and of a cut-off who asked for what. */
export type EventReport = (event: "logout" | "signal" | "cut_off", details: { readonly outcome: string }) => void;

/** What endpoints work with. */
export interface EndpointParts {
  readonly guard: Guard<unknown>;
  readonly revocations: Revoker;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: EventReport;
  /** Where the guard takes the token from a header other than Authorization; in lower case. */
  readonly tokenHeader: string | undefined;
}
