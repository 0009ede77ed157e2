// Tokens that no API may accept: with claims that match the API's configuration, and without a
// valid signature.
import { randomBytes } from "node:crypto";

/** A bad token, with a short description. */
export interface BadToken {
  readonly what: string;
  readonly token: string;
}

/** The claims that a forger would write. */
interface BadTokenClaims {
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly kid: string | undefined;
  /** Seconds since 1970. */
  readonly now: number;
}

/**
 * Garbage, a token that claims to need no signature (CVE-2015-9235), and one with random bytes as
 * its signature.
 */
export function createBadTokens({ issuer, audience, kid, now }: BadTokenClaims): readonly BadToken[] {
  const payload = encodePart({ iss: issuer, aud: audience, sub: "gatewarden-doctor", iat: now - 1, exp: now + 300 });
  const unsigned = encodePart({ alg: "none", typ: "JWT" });
  const signed = encodePart({ alg: "RS256", typ: "JWT", kid });
  return [
    { what: "garbage in place of a token", token: "gatewarden.doctor.garbage" },
    { what: "an unsigned token (alg none)", token: `${unsigned}.${payload}.` },
    {
      what: "a token with a forged signature",
      token: `${signed}.${payload}.${randomBytes(256).toString("base64url")}`,
    },
  ];
}

function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
