// Signs security event tokens (RFC 8417) with the tenant's current key.
import { importJWK, SignJWT } from "jose";
import type { EventFaults } from "../faults/event-faults.js";
import type { KeyRing } from "../keys/key-ring.js";

/** The claims of an event besides issuer and time. There is no `exp` and no `sub` (SSF 1.0 §4.1). */
export type EventClaims = Readonly<Record<string, unknown>>;

export interface SignedEvent {
  readonly token: string;
  /** Deliver it twice: a fault. */
  readonly isRepeated: boolean;
}

export type SignEvent = (claims: EventClaims) => Promise<SignedEvent>;

export interface SignEventOptions {
  readonly issuer: string;
  readonly keys: KeyRing;
  readonly faults: EventFaults;
}

/** With RS256, as the CAEP interoperability profile 1.0 §2.6 requires, and an explicit type (RFC 8417 §2.3). */
export function createEventSigner({ issuer, keys, faults }: SignEventOptions): SignEvent {
  return async (claims) => {
    const key = keys.keys.find(({ alg }) => alg === "RS256");
    if (key === undefined) throw new TypeError("the tenant has no key for RS256");
    const token = await new SignJWT({ iss: issuer, iat: Math.floor(Date.now() / 1000), ...claims })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "secevent+jwt" })
      .sign(await importJWK(key, key.alg));
    return faults.break("set", token);
  };
}
