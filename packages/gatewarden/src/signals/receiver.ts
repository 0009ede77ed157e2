// Receives security event tokens, however they were delivered: verifies one, decides what it ends,
// revokes, and says what became of it.
import { AuthError } from "../errors.js";
import { notify } from "../events/notify.js";
import { createRecentEvents } from "../events/recent-events.js";
import { createEventVerifier, type EventVerifier, toInvalidClaim } from "../events/signed-event.js";
import type { Guard } from "../guard.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { warn } from "../platform/runtime.js";
import type { GuardRequest } from "../request/credentials.js";
import type { Revocation } from "../revocation/revocation.js";
import { toAuthError } from "../road/step.js";
import { member } from "../token/json.js";
import { isSessionEvent, isVerification } from "./event-types.js";
import { createSecurityEventRules, type Signal, securityEventType, toSignals } from "./security-event.js";
import type { ReceiverTerms } from "./signal-options.js";
import type { SignalReport } from "./signal-report.js";
import { readTarget, type SignalTarget, type SubjectContext } from "./subject.js";
import type { VerificationStates } from "./verification.js";

/** Receives tokens. */
export class EventReceiver {
  readonly #terms: ReceiverTerms;
  readonly #states: VerificationStates;
  readonly #verifier: EventVerifier;
  readonly #recent = createRecentEvents();
  #hasWarned = false;

  constructor(guard: Guard<unknown>, terms: ReceiverTerms, states: VerificationStates) {
    const { algorithms } = terms;
    this.#terms = terms;
    this.#states = states;
    this.#verifier = createEventVerifier(guard, {
      type: securityEventType,
      algorithms,
      rules: createSecurityEventRules(terms),
    });
  }

  /** What became of the token, or the refusal. Never rejects. */
  async receive(token: string, delivery: Delivery = {}): Promise<"done" | "repeated" | AuthError> {
    try {
      const report = await this.#carryOut(token, delivery);
      this.#tell(report);
      return report.outcome;
    } catch (thrown) {
      const error = toAuthError(thrown);
      this.#tell({ outcome: error.status >= 500 ? "failed" : "refused", error });
      return error;
    }
  }

  async #carryOut(token: string, { request, jti: expected }: Delivery): Promise<CarriedOut> {
    const event = await this.#verifier.verify(token, request);
    const signals = toSignals(event);
    const [{ jti, transmitter }] = signals as readonly [Signal, ...Signal[]];
    // RFC 8936 §2.3: a poll names each token by its `jti`, and acknowledges it by that name.
    if (expected !== undefined && expected !== jti) throw toInvalidClaim("jti", "is not the name of the delivery");
    const recurrence = await this.#recent.compare(transmitter, jti, token);
    if (recurrence === "other") throw toInvalidClaim("jti", "was used by another security event token");
    if (recurrence === "repeated") return { outcome: "repeated", signals, revocations: [], unmatched: [] };
    const revocations: Revocation[] = [];
    const unmatched: Signal[] = [];
    for (const signal of signals) {
      const found = await this.#decide(signal);
      if (found === undefined) unmatched.push(signal);
      else revocations.push(...found);
    }
    for (const revocation of revocations) await this.#revoke(revocation);
    await this.#recent.remember(transmitter, jti, token);
    return { outcome: "done", signals, revocations, unmatched };
  }

  /** What an event revokes; undefined where it should, and its subject names no access tokens. */
  async #decide(signal: Signal): Promise<readonly Revocation[] | undefined> {
    if (isVerification(signal.type)) {
      await this.#verify(signal);
      return [];
    }
    const { actions } = this.#terms;
    // A type that is not understood is ignored (RFC 8417 §2.2).
    const action = Object.hasOwn(actions, signal.type) ? actions[signal.type] : "ignore";
    const verdict = typeof action === "function" ? await action(signal) : action;
    if (Array.isArray(verdict)) return verdict as readonly Revocation[];
    if (verdict === "ignore") return [];
    if (verdict !== "revoke") throw new TypeError("An action must return revoke, ignore or a list of revocations");
    const target = await this.#findTarget(signal);
    return target && [this.#toRevocation(target, signal)];
  }

  /** SSF 1.0 §8.1.4.1: a state must be ours; an event that the transmitter began has none. */
  async #verify({ payload }: Signal): Promise<void> {
    const state = member(payload, "state");
    if (state === undefined || (await this.#states.recognise(state))) return;
    throw toInvalidClaim("state", "was not requested by this receiver");
  }

  #findTarget(signal: Signal): Awaitable<SignalTarget | undefined> {
    const { subject } = this.#terms;
    const readByFormat = () => signal.subject && readTarget(signal.subject, this.#toContext(signal));
    return subject ? chain(subject(signal), (target) => target ?? readByFormat()) : readByFormat();
  }

  /** An account that is disabled or changed concerns all of its user's sessions. */
  #toContext({ transmitter, type }: Signal): SubjectContext {
    const { issuers = new Map([[transmitter, transmitter]]), prefersSession } = this.#terms.subjects;
    const isSession = isSessionEvent(type);
    return { issuers, isSession, prefersSession: prefersSession && isSession };
  }

  /**
   * A user's tokens end as of the event's own `iat`, so that a repeated delivery never ends a later
   * login.
   */
  #toRevocation(target: SignalTarget, { issuedAt }: Signal): Revocation {
    const { issuer } = target;
    const expiresAt = Math.max(issuedAt, this.#verifier.now()) + this.#terms.tokenLifetime;
    if ("sid" in target) return { issuer, sid: target.sid, expiresAt };
    if ("jti" in target) return { issuer, jti: target.jti, expiresAt };
    return { issuer, subject: target.sub, issuedBefore: issuedAt, expiresAt };
  }

  async #revoke(revocation: Revocation): Promise<void> {
    try {
      await this.#terms.revocations.revoke(revocation);
    } catch (cause) {
      throw new AuthError("revocation_unavailable", { cause, retryAfter: 1 });
    }
  }

  #tell(report: SignalReport): void {
    const { onSignal } = this.#terms;
    notify("onSignal", onSignal, report);
    if (onSignal || !("unmatched" in report) || report.unmatched.length === 0 || this.#hasWarned) return;
    // Otherwise an event that should revoke, and revoked nothing, would go unnoticed.
    this.#hasWarned = true;
    warn("GATEWARDEN_SIGNALS", "An event named no access tokens, so it revoked nothing: see the option subject");
  }
}

type CarriedOut = Extract<SignalReport, { readonly signals: unknown }>;

/** How a token was delivered. */
interface Delivery {
  readonly request?: GuardRequest;
  /** The name under which a poll delivered it. */
  readonly jti?: string;
}

/** The error codes of RFC 8935 §2.4 and RFC 8936 §2.6, and `invalid_state` of SSF 1.0 §8.1.4.1. */
export type DeliveryErrorCode =
  | "invalid_request"
  | "invalid_key"
  | "invalid_issuer"
  | "invalid_audience"
  | "authentication_failed"
  | "access_denied"
  | "invalid_state";

/** The error for the transmitter. Names the rule and the claim, never a value of the token. */
export function toDeliveryError({ reason, details }: AuthError): {
  readonly err: DeliveryErrorCode;
  readonly description: string;
} {
  const where = details.name === undefined ? "" : ` (${details.name})`;
  return { err: toCode(reason, details.name), description: `The SET was refused: ${reason}${where}` };
}

function toCode(reason: AuthError["reason"], name: string | undefined): DeliveryErrorCode {
  if (name === "state") return "invalid_state";
  if (name === "transmitter") return "access_denied";
  if (reason === "issuer_untrusted") return "invalid_issuer";
  if (reason === "audience_mismatch") return "invalid_audience";
  return keyReasons.has(reason) ? "invalid_key" : "invalid_request";
}

const keyReasons: ReadonlySet<AuthError["reason"]> = new Set([
  ...(["algorithm_none", "algorithm_not_allowed", "key_unknown", "key_ambiguous"] as const),
  ...(["key_unsuitable", "signature_invalid", "token_encrypted"] as const),
]);
