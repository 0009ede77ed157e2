// What the first process and its workers tell each other.
import type { Readiness } from "../server/admin.js";
import type { Published } from "../server/well-known.js";

/** From the first process to a worker. */
export type Order = { readonly order: "reload" } | { readonly order: "report"; readonly id: number };

/** From a worker to the first process. */
export type Report =
  | { readonly report: "listening"; readonly address: string }
  | { readonly report: "failed"; readonly problem: string }
  | State;

/** What a worker says of itself. */
export interface State {
  readonly report: "state";
  readonly id: number;
  readonly metrics: string;
  readonly readiness: Readiness;
  readonly published: Published;
}

/** Whether a message is a report: other modules of a process may send messages too. */
export function isReport(message: unknown): message is Report {
  return typeof message === "object" && message !== null && "report" in message;
}

/** As above, for orders. */
export function isOrder(message: unknown): message is Order {
  return typeof message === "object" && message !== null && "order" in message;
}
