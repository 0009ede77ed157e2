// What outlives a reload: used proofs, secrets of nonces, and what was revoked. In the memory of
// this process, or shared by a fleet (`redis-state.ts`).
import {
  createMemoryReplayStore,
  createRevocationList,
  type NonceSecrets,
  type ReplayStore,
  type RevocationSource,
  type Revoker,
} from "gatewarden";

/** A deny list: for the guard to ask, and for endpoints to write into. */
export type Revocations = RevocationSource & Revoker;

/** What guards and endpoints of one process have in common. */
export interface SharedState {
  readonly replay: ReplayStore;
  /** Undefined: nonces have secrets of this process. */
  readonly nonceSecrets: NonceSecrets | undefined;
  /** Undefined: nothing can be revoked. */
  readonly revocations: Revocations | undefined;
  /** Never rejects. */
  close(): Promise<void>;
}

// One store for all guards of this process: a proof must not count anew after a reload.
const replay = createMemoryReplayStore();

/** State of this process alone, which ends with it. */
export function createMemoryState({ canRevoke }: { readonly canRevoke: boolean }): SharedState {
  return {
    replay,
    nonceSecrets: undefined,
    revocations: canRevoke ? createRevocationList() : undefined,
    close: () => Promise.resolve(),
  };
}
