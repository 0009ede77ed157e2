// Faults of logout tokens and security event tokens: the tenant sends them, wrong in one way.
import { type Flaw, flawNames, flaws } from "./event-flaws.js";
import type { EventFaultName, EventFlaw, EventKind } from "./fault.js";
import type { FaultBoard } from "./fault-board.js";
import type { SignatureFaults } from "./signature-faults.js";

/** Breaks logout tokens and events that the tenant has signed. */
export class EventFaults {
  readonly #board: FaultBoard;
  readonly #signatures: SignatureFaults;

  constructor(board: FaultBoard, signatures: SignatureFaults) {
    this.#board = board;
    this.#signatures = signatures;
  }

  /** The token, broken by the faults that are on; and whether it is to be sent twice. */
  async break(kind: EventKind, jwt: string): Promise<{ token: string; isRepeated: boolean }> {
    const taken = flawNames.filter((flaw) => this.#board.take(`${kind}-${flaw}` as EventFaultName) !== undefined);
    const skew = this.#board.find("clock-skew")?.fault.seconds;
    const late = skew === undefined ? [] : [toLate(skew)];
    const changes = [...late, ...taken.flatMap((flaw) => flaws[flaw].change ?? [])];
    const changed = changes.length === 0 ? jwt : await this.#rewrite(jwt, changes);
    return { token: await this.#breakSignature(changed, taken), isRepeated: taken.includes("replayed") };
  }

  #rewrite(jwt: string, changes: readonly NonNullable<Flaw["change"]>[]): Promise<string> {
    return this.#signatures.rewrite(jwt, (claims, header) => {
      for (const change of changes) change(claims, header);
    });
  }

  async #breakSignature(jwt: string, taken: readonly EventFlaw[]): Promise<string> {
    if (taken.includes("unsigned")) return this.#signatures.break(jwt, new Map([["alg-none", { name: "alg-none" }]]));
    if (taken.includes("unknown-key")) {
      return this.#signatures.break(jwt, new Map([["unknown-key", { name: "unknown-key" }]]));
    }
    return taken.includes("bad-signature") ? spoil(jwt) : jwt;
  }
}

/** By a clock that is wrong. A security event token has no `exp`. */
function toLate(seconds: number): NonNullable<Flaw["change"]> {
  return (claims) => {
    for (const name of ["iat", "exp"]) if (name in claims) claims[name] = Number(claims[name]) + seconds;
  };
}

/** Changes one bit of the signature. */
function spoil(jwt: string): string {
  const [header, payload, signature = ""] = jwt.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return `${header}.${payload}.${bytes.toString("base64url")}`;
}
