// Types of events whose meaning is fixed, whatever the user's table of actions says.

/** The event whose subject is a session, where it is opaque (CAEP 1.0 §3.1). */
export function isSessionEvent(type: string): boolean {
  return type === "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
}

/** The event that answers a request for verification (SSF 1.0 §8.1.4.1), under its names so far. */
export function isVerification(type: string): boolean {
  return verifications.includes(type);
}

const verifications = ["ssf", "sse", "risc"].map(
  (family) => `https://schemas.openid.net/secevent/${family}/event-type/verification`,
);
