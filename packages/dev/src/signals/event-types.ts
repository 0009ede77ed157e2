// The events that the tenant can send, by the short names of the CAEP and RISC profiles.

const caep = "https://schemas.openid.net/secevent/caep/event-type/";
const risc = "https://schemas.openid.net/secevent/risc/event-type/";
const ssf = "https://schemas.openid.net/secevent/ssf/event-type/";

export type EventName =
  | "session-revoked"
  | "token-claims-change"
  | "credential-change"
  | "account-disabled"
  | "account-enabled";

/** The URIs of their types: CAEP 1.0 §3.1 to §3.3, RISC 1.0 §2.3 and §2.4. */
export const eventTypes: Readonly<Record<EventName, string>> = {
  "session-revoked": `${caep}session-revoked`,
  "token-claims-change": `${caep}token-claims-change`,
  "credential-change": `${caep}credential-change`,
  "account-disabled": `${risc}account-disabled`,
  "account-enabled": `${risc}account-enabled`,
};

export const eventNames: readonly EventName[] = Object.keys(eventTypes) as EventName[];

/** SSF 1.0 §8.1.4.1: sent whatever events a stream asks for. */
export const verificationType: string = `${ssf}verification`;

/** Kinds of credentials: CAEP 1.0 §3.3. */
export const credentialTypes = [
  "password",
  "pin",
  "x509",
  "fido2-platform",
  "fido2-roaming",
  "fido-u2f",
  "verifiable-credential",
  "phone-voice",
  "phone-sms",
  "app",
] as const;

/** What happens to a credential: CAEP 1.0 §3.3. */
export const changeTypes = ["create", "revoke", "update", "delete"] as const;
