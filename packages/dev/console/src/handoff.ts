// Takes a request from the screen that sent it to the one that explains it.

export interface Handoff {
  readonly text: string;
  /** The permissions that its route needs. */
  readonly needs: readonly string[];
}

let pending: Handoff | undefined;

export function explainThere(handoff: Handoff): void {
  pending = handoff;
  location.hash = "#/explain";
}

/** What was handed over, once. */
export function takeHandoff(): Handoff | undefined {
  const taken = pending;
  pending = undefined;
  return taken;
}
