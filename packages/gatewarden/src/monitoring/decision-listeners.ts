// Who hears what a guard decides and whom it asks. While nobody listens nothing is measured and nothing is built.

import { builtin, warnOfListener } from "../platform/runtime.js";
import { CheckFacts, type CheckSource } from "./check-facts.js";
import { type Decision, type DecisionListener, type DecisionOutcome, decisionChannelName } from "./decision.js";
import type { CallListener } from "./outgoing-calls.js";

/** What can be listened to. */
export interface GuardListeners {
  /** Called once per check, after the decision, as the option of the same name is. */
  readonly onDecision?: DecisionListener;
  /** Called when an issuer is about to be asked for keys or about a token. */
  readonly onCall?: CallListener;
}

const channel = builtin("node:diagnostics_channel")?.channel(decisionChannelName);

/** Who hears one guard's decisions: those who asked this guard, and whoever listens on the channel. */
export class DecisionListeners {
  #listeners: readonly DecisionListener[] = [];

  /** Listens until the returned function is called. */
  listen(listener: DecisionListener): () => void {
    // The list itself is never changed: it may be on its way through when a listener goes.
    const mine: DecisionListener = (decision) => listener(decision);
    this.#listeners = [...this.#listeners, mine];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== mine);
    };
  }

  /** Whether anybody listens: without listeners no clock is read and no decision is built. */
  areThere(): boolean {
    return this.#listeners.length > 0 || (channel?.hasSubscribers ?? false);
  }

  /** `performance.now()` where somebody listens. */
  begin(): number | undefined {
    return this.areThere() ? performance.now() : undefined;
  }

  publish(outcome: DecisionOutcome, source: CheckSource): void {
    const decision: Decision = Object.assign(new CheckFacts(source), outcome);
    channel?.publish(decision);
    for (const listener of this.#listeners) {
      try {
        const listening: unknown = listener(decision);
        // An async listener has the type too; what it rejects with must not end the process.
        if (listening instanceof Promise) listening.catch((error: unknown) => warnOfListener("onDecision", error));
      } catch (error) {
        warnOfListener("onDecision", error);
      }
    }
  }
}
