// Questions in flight, one per token, shared by all requests that wait for it.
import type { JsonObject } from "../token/json.js";
import type { LaneName } from "./circuit.js";

/** A question to the server. */
export interface TokenQuestion {
  readonly key: string;
  readonly token: string;
  readonly lane: LaneName;
  /** Its time limit, in seconds of a monotonic clock. Extended when its turn comes. */
  endsAt: number;
}

interface Flight {
  readonly question: TokenQuestion;
  readonly answer: Promise<JsonObject>;
}

/**
 * Beyond this number, questions that will never end are removed. More cannot run and wait at a
 * time.
 */
const most = 4096;

/** A question past its time limit never ends: it was cut off with its request, as on Workers. */
export class Pending {
  readonly #flights = new Map<string, Flight>();

  get(key: string, now: number): Promise<JsonObject> | undefined {
    const flight = this.#flights.get(key);
    return flight !== undefined && now < flight.question.endsAt ? flight.answer : undefined;
  }

  begin(question: TokenQuestion, asking: Promise<JsonObject>, now: number): Promise<JsonObject> {
    const { key } = question;
    if (this.#flights.size >= most) this.#dropEnded(now);
    const answer = asking.finally(() => {
      if (this.#flights.get(key)?.question === question) this.#flights.delete(key);
    });
    this.#flights.set(key, { question, answer });
    return answer;
  }

  #dropEnded(now: number): void {
    for (const [key, { question }] of this.#flights) if (question.endsAt <= now) this.#flights.delete(key);
  }
}
