// The data of this example: notes in memory.
export interface Note {
  readonly id: string;
  readonly by: string;
  readonly text: string;
}

// Pages, actions and route handlers are separate bundles, so the module alone would be several lists.
const store = globalThis as { gatewardenNotes?: Note[] };
store.gatewardenNotes ??= [];

export const notes: Note[] = store.gatewardenNotes;
