// The board of faults, which also tells the feed of each change.
import type { FaultName } from "../faults/fault.js";
import { FaultBoard, type FaultEffects } from "../faults/fault-board.js";
import type { FaultInput } from "../faults/parse-fault.js";
import type { Feed } from "./feed.js";

export class WatchedFaults extends FaultBoard {
  readonly #feed: Feed;

  constructor(feed: Feed, effects: FaultEffects) {
    super(effects);
    this.#feed = feed;
  }

  override async set(...inputs: readonly FaultInput[]): Promise<void> {
    await super.set(...inputs);
    this.#tell();
  }

  override async replace(...inputs: readonly FaultInput[]): Promise<void> {
    await super.replace(...inputs);
    this.#tell();
  }

  override async clear(...names: readonly FaultName[]): Promise<void> {
    await super.clear(...names);
    this.#tell();
  }

  #tell(): void {
    this.#feed.publish("faults", { on: this.active.map(({ name }) => name) });
  }
}
