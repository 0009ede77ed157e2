// The listeners of a guard's decisions and outgoing calls. Without listeners nothing is measured or
// built.

import { builtin, warnOfListener } from "../platform/runtime.js";
import { CheckFacts, type CheckSource } from "./check-facts.js";
import { type Decision, type DecisionListener, type DecisionOutcome, decisionChannelName } from "./decision.js";
import type { CallListener } from "./outgoing-calls.js";

/** What can be listened to. */
export interface GuardListeners {
  /** Called once per check, after the decision, like the option of the same name. */
  readonly onDecision?: DecisionListener;
  /** Called before an issuer is asked for keys or about a token. */
  readonly onCall?: CallListener;
}

const channel = builtin("node:diagnostics_channel")?.channel(decisionChannelName);

/** The listeners of one guard's decisions: its own, and those of the channel. */
export class DecisionListeners {
  #listeners: readonly DecisionListener[] = [];

  /** Listens until the returned function is called. */
  listen(listener: DecisionListener): () => void {
    // The list is never mutated: a listener may be removed while it is iterated.
    const mine: DecisionListener = (decision) => listener(decision);
    this.#listeners = [...this.#listeners, mine];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== mine);
    };
  }

  /** Whether there are listeners. Without them no clock is read and no decision is built. */
  areThere(): boolean {
    return this.#listeners.length > 0 || (channel?.hasSubscribers ?? false);
  }

  /** `performance.now()` if there are listeners. */
  begin(): number | undefined {
    return this.areThere() ? performance.now() : undefined;
  }

  publish(outcome: DecisionOutcome, source: CheckSource): void {
    const decision: Decision = Object.assign(new CheckFacts(source), outcome);
    channel?.publish(decision);
    for (const listener of this.#listeners) {
      try {
        const listening: unknown = listener(decision);
        // An async listener has this type too; its rejection must not end the process.
        if (listening instanceof Promise) listening.catch((error: unknown) => warnOfListener("onDecision", error));
      } catch (error) {
        warnOfListener("onDecision", error);
      }
    }
  }
}
