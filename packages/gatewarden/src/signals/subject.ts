// Subjects of events: RFC 9493, the additional formats of SSF 1.0 §3, and the form before them.
import { isNonEmptyText } from "../events/signed-event.js";
import { readClaim } from "../token/absent.js";
import { isObject, type JsonObject, member } from "../token/json.js";

/**
 * A subject: `format` and the members of that format, such as `{ format: "iss_sub", iss, sub }` or
 * `{ format: "complex", user: { … }, session: { … } }`. The members are as the transmitter wrote
 * them: check their types.
 */
export interface SignalSubject {
  readonly format: string;
  readonly [name: string]: unknown;
}

/** The access tokens that an event is about. */
export type SignalTarget =
  /** Those of a user. */
  | { readonly issuer: string; readonly sub: string }
  /** Those of a login session. */
  | { readonly issuer: string; readonly sid: string }
  /** One token. */
  | { readonly issuer: string; readonly jti: string };

/** What decides how subjects are read. */
export interface SubjectTerms {
  /**
   * `iss` of a subject → `iss` of its access tokens. An issuer that is not here matches nothing.
   * Undefined: the transmitter's own, so that one tenant's issuer ends nothing of another's.
   */
  readonly issuers: ReadonlyMap<string, string> | undefined;
  /** Whether a session is preferred where `session-revoked` names session and user. */
  readonly prefersSession: boolean;
}

/** What one event says about how its subject is read. */
export interface SubjectContext {
  readonly issuers: ReadonlyMap<string, string>;
  readonly prefersSession: boolean;
  /** Whether an opaque subject is a session. */
  readonly isSession: boolean;
}

/**
 * The subject of an event: the top-level `sub_id`, else `subject` of the event (SSF 1.0 §3.1), else
 * `iss` with `sub` (RFC 8417 §2.2).
 */
export function readSubject(claims: JsonObject, event: JsonObject): SignalSubject | undefined {
  const [iss, sub] = [readClaim(claims, "iss"), readClaim(claims, "sub")];
  const found = readSubjectId(claims) ?? toSubject(readClaim(event, "subject"));
  return found ?? (isNonEmptyText(sub) ? { format: "iss_sub", iss, sub } : undefined);
}

/** The top-level subject, if it has a form of RFC 9493 §3 or of its drafts. */
export function readSubjectId(claims: JsonObject): SignalSubject | undefined {
  return toSubject(readClaim(claims, "sub_id"));
}

/** Drafts before RFC 9493 wrote `subject_type`, with hyphens; Google's RISC still does. */
function toSubject(value: unknown): SignalSubject | undefined {
  if (!isObject(value)) return undefined;
  const [format, legacy] = [member(value, "format"), member(value, "subject_type")];
  if (isNonEmptyText(format)) return { ...value, format };
  if (!isNonEmptyText(legacy)) return undefined;
  const name = legacy.replaceAll("-", "_");
  return { ...value, format: name === "id_token_claims" ? "iss_sub" : name };
}

const maxAliases = 16;

/**
 * The access tokens that a subject names. Undefined where its format says nothing about tokens
 * (`email`, `phone_number`), or its issuer is not one that this transmitter may speak for.
 */
export function readTarget(subject: SignalSubject, context: SubjectContext): SignalTarget | undefined {
  const { issuers, isSession } = context;
  const text = (name: string) => {
    const value = member(subject, name);
    return isNonEmptyText(value) ? value : undefined;
  };
  const issuer = issuers.get(text("iss") ?? "");
  const [sub, jti, id] = [text("sub"), text("jti"), text("id")];
  switch (subject.format) {
    case "iss_sub":
      return issuer !== undefined && sub !== undefined ? { issuer, sub } : undefined;
    case "jwt_id":
      return issuer !== undefined && jti !== undefined ? { issuer, jti } : undefined;
    case "opaque":
      // Only where it names a session (CAEP 1.0 §3.1): otherwise it may name anything.
      return isSession && id !== undefined ? toSession(id, issuers) : undefined;
    case "complex":
      return readComplex(subject, context);
    case "aliases":
      return readAliases(subject, context);
    default:
      return undefined;
  }
}

/** A session's id says nothing of its issuer, so there must be only one. */
function toSession(sid: string, issuers: SubjectContext["issuers"]): SignalTarget | undefined {
  const [issuer, ...others] = new Set(issuers.values());
  return issuer !== undefined && others.length === 0 ? { issuer, sid } : undefined;
}

/**
 * SSF 1.0 §3.3. Members such as `device` narrow a subject in ways that an access token does not
 * tell. They are not read, so more may end than was meant, and never less.
 */
function readComplex(subject: SignalSubject, context: SubjectContext): SignalTarget | undefined {
  const [user, session] = ["user", "session"].map((name) => toSubject(member(subject, name)));
  const ofUser = user && isSimple(user) ? readTarget(user, { ...context, isSession: false }) : undefined;
  const ofSession = session && isSimple(session) ? readTarget(session, { ...context, isSession: true }) : undefined;
  return context.prefersSession ? (ofSession ?? ofUser) : (ofUser ?? ofSession);
}

/** RFC 9493 §3.2.8: several names of one subject. They are not nested. */
function readAliases(subject: SignalSubject, context: SubjectContext): SignalTarget | undefined {
  const identifiers = member(subject, "identifiers");
  if (!Array.isArray(identifiers)) return undefined;
  for (const one of identifiers.slice(0, maxAliases)) {
    const alias = toSubject(one);
    const target = alias && isSimple(alias) ? readTarget(alias, { ...context, isSession: false }) : undefined;
    if (target) return target;
  }
  return undefined;
}

function isSimple({ format }: SignalSubject): boolean {
  return format !== "complex" && format !== "aliases";
}
