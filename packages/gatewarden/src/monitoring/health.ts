// Whether a guard can work, with reasons. Loaded when it is first used.

import type { KeysStatus } from "../keys/keys-status.js";
import type { DependencyStatus } from "./dependency.js";
import type { GuardStatus, IssuerStatus } from "./guard-status.js";
import { toWords } from "./safe-message.js";

/** Whether a guard can work. */
export interface Health {
  /**
   * `ready`: everything works. `degraded`: it works, but something is failing. `not ready`: no
   * issuer has keys, or the deny list refuses every token. Once keys are loaded, an outage of the
   * issuer only degrades, for as long as they may be used (`staleIfError`).
   */
  readonly status: "ready" | "degraded" | "not ready";
  /** The problems, for operators. They name issuers and addresses, but nothing of a token. */
  readonly reasons: readonly string[];
}

/** Judges a guard's status. */
export function toHealth({ at, issuers, introspection, revocation, replay }: GuardStatus): Health {
  const keys = issuers.map((one) => describeKeys(one, at));
  const others = [
    describeIntrospection(introspection),
    describeDependency("The deny list", revocation),
    describeDependency("The replay store", replay),
  ];
  const source = revocation?.source;
  const reasons = [...keys, ...others, ...(source?.reasons ?? [])].filter((reason) => reason !== undefined);
  // Restarting or diverting traffic does not help while one of several issuers still works.
  const hasKeys = issuers.length === 0 || issuers.some((one) => one.keys.state !== "missing");
  if (!hasKeys || source?.state === "not ready") return { status: "not ready", reasons };
  const isDegraded = reasons.length > 0 || source?.state === "degraded";
  return { status: isDegraded ? "degraded" : "ready", reasons };
}

function describeKeys({ issuer, keys }: IssuerStatus, now: number): string | undefined {
  if (keys.state === "missing") {
    const what = keys.loadedAt === undefined ? "were never loaded" : `became too old at ${toTime(keys.usableUntil)}`;
    return `The keys of ${issuer} ${what}${describeKeyFailure(keys, now)}`;
  }
  if (keys.failures === 0) return undefined;
  const until = `they serve until ${toTime(keys.usableUntil)}`;
  const what = keys.state === "stale" ? `are stale since ${toTime(keys.freshUntil)}` : "cannot be refreshed";
  return `The keys of ${issuer} ${what}; ${until}${describeKeyFailure(keys, now)}`;
}

function describeKeyFailure({ failures, retryAt, lastError }: KeysStatus, now: number): string {
  if (failures === 0) return "";
  const wait = Math.max(0, Math.ceil((retryAt ?? now) - now));
  const why = lastError instanceof Error ? lastError.message : "unknown";
  const times = failures === 1 ? "1 failure" : `${failures} failures`;
  return `. ${times} in a row, the last one: ${why}. Next try in ${wait} s`;
}

function describeDependency(what: string, status: DependencyStatus | undefined): string | undefined {
  if (status?.failingSince === undefined) return undefined;
  return `${what} fails since ${toTime(status.failingSince)}: ${toWords(status.lastError)}`;
}

/** A server that asked for a pause (429) may otherwise be answering. */
function describeIntrospection(status: GuardStatus["introspection"]): string | undefined {
  if (status === undefined) return undefined;
  const { known, others } = status.circuit;
  const failing = describeDependency("Introspection", status);
  if (known === "closed" && others === "closed") return failing;
  const who = known === "closed" ? "tokens that were not active lately" : "tokens without a fresh description";
  return `${failing ?? "Introspection is held back"}. It is left alone for a while: ${who} are refused`;
}

function toTime(seconds = Number.NaN): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : "an unknown time";
}
