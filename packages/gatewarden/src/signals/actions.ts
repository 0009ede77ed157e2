// What becomes of each type of event: a table that the user can change.
import type { Awaitable } from "../platform/awaitable.js";
import type { Revocation } from "../revocation/revocation.js";
import { member } from "../token/json.js";
import type { Signal } from "./security-event.js";

/**
 * `revoke`: ends the access tokens of the subject. `ignore`: nothing. A function decides by itself:
 * it returns `revoke`, `ignore`, or revocations of its own. If it throws or rejects, the event
 * counts as not received, and the transmitter delivers it again.
 */
export type SignalAction = SignalVerdict | ((signal: Signal) => Awaitable<SignalVerdict | readonly Revocation[]>);

/** What an action comes to. */
export type SignalVerdict = "revoke" | "ignore";

/** Types of events → what becomes of them. */
export type SignalActions = Readonly<Record<string, SignalAction>>;

const caep = "https://schemas.openid.net/secevent/caep/event-type/";
const risc = "https://schemas.openid.net/secevent/risc/event-type/";
const oauth = "https://schemas.openid.net/secevent/oauth/event-type/";

/** A new credential takes nothing from an attacker; one that was replaced or withdrawn may. */
const revokeUnlessCreated: SignalAction = ({ payload }) =>
  member(payload, "change_type") === "create" ? "ignore" : "revoke";

/**
 * The defaults: what ends or changes an account or session revokes, everything else is ignored. Of
 * `credential-change`, a `create` is ignored.
 */
export const defaultActions: SignalActions = Object.freeze({
  [`${caep}session-revoked`]: "revoke",
  [`${caep}token-claims-change`]: "revoke",
  [`${caep}credential-change`]: revokeUnlessCreated,
  [`${caep}assurance-level-change`]: "ignore",
  [`${caep}device-compliance-change`]: "ignore",
  [`${caep}session-established`]: "ignore",
  [`${caep}session-presented`]: "ignore",
  [`${caep}risk-level-change`]: "ignore",
  [`${risc}account-credential-change-required`]: "revoke",
  [`${risc}account-purged`]: "revoke",
  [`${risc}account-disabled`]: "revoke",
  [`${risc}account-enabled`]: "ignore",
  [`${risc}identifier-changed`]: "ignore",
  [`${risc}identifier-recycled`]: "ignore",
  [`${risc}credential-compromise`]: "revoke",
  [`${risc}opt-in`]: "ignore",
  [`${risc}opt-out-initiated`]: "ignore",
  [`${risc}opt-out-cancelled`]: "ignore",
  [`${risc}opt-out-effective`]: "ignore",
  [`${risc}recovery-activated`]: "ignore",
  [`${risc}recovery-information-changed`]: "ignore",
  [`${risc}sessions-revoked`]: "revoke",
  // Google's own (developers.google.com/identity/protocols/risc).
  [`${oauth}tokens-revoked`]: "revoke",
} satisfies SignalActions);
