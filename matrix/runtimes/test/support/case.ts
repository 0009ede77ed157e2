// What a runtime is asked to decide, as data that JSON can carry.
import type {
  GuardOptions,
  GuardRequest,
  IntrospectionResponse,
  Refusal,
} from "../../../../packages/gatewarden/src/index.js";

/** One thing to decide: a token by itself, or a request. */
export interface Case {
  readonly name: string;
  /** The name of its guard. */
  readonly guard: string;
  readonly token?: string;
  readonly request?: GuardRequest;
  /** What must become of it, where that is known beforehand. */
  readonly expected?: string;
}

/** A guard's options, without what is no data. */
export interface Options extends Omit<GuardOptions, "now" | "introspection"> {
  /** What the introspection endpoint says of opaque tokens. */
  readonly descriptions?: Readonly<Record<string, IntrospectionResponse>>;
}

/** Guards by name, with what they have to decide. */
export interface CaseDocument {
  /** Seconds since 1970, for all guards. */
  readonly now: number;
  readonly guards: Readonly<Record<string, Options>>;
  readonly cases: readonly Case[];
}

export type Part = Omit<CaseDocument, "now">;

/** What was decided. */
export interface Decision {
  readonly name: string;
  /** `accepted`, the reason of the refusal, or `configuration: ` and the option that was refused. */
  readonly verdict: string;
  /** The whole answer on the wire. */
  readonly refusal?: Refusal;
  /** Headers for the answer to an accepted request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What `explain` says. */
  readonly findings?: readonly string[];
}
