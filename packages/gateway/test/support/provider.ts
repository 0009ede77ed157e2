// A provider by its keys alone: access tokens, logout tokens and security events, signed by jose.
import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { type Answered, send } from "./gateway.js";

export const issuer = "https://issuer.test/";
export const audience = "https://api.test/";
export const clientId = "app";
export const signalsAudience = "https://api.test/signals";
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";
const sessionRevoked = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

export interface Provider {
  /** The members of the section `guard` that trust it, for YAML in one line. */
  readonly guard: string;
  accessToken(sub: string, claims?: object): Promise<string>;
  logoutToken(sub: string, claims?: object): Promise<string>;
  securityEvent(sub: string): Promise<string>;
}

export async function createProvider(): Promise<Provider> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "a", alg: "ES256" };
  const sign = (typ: string, claims: object) =>
    new SignJWT({ iss: issuer, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "a", typ })
      .setIssuedAt()
      .sign(privateKey);
  const exp = () => Math.floor(Date.now() / 1000) + 120;
  return {
    guard: `issuer: "${issuer}", audience: "${audience}", keys: { jwks: ${JSON.stringify({ keys: [jwk] })} }`,
    accessToken: (sub, claims) => sign("at+jwt", { sub, aud: audience, client_id: clientId, exp: exp(), ...claims }),
    logoutToken: (sub, claims) =>
      sign("logout+jwt", { sub, aud: clientId, exp: exp(), events: { [logoutEvent]: {} }, ...claims }),
    securityEvent: (sub) =>
      sign("secevent+jwt", {
        aud: signalsAudience,
        sub_id: { format: "iss_sub", iss: issuer, sub },
        events: { [sessionRevoked]: {} },
      }),
  };
}

/** Posts a logout token, as the provider does. */
export function postLogout(address: string | undefined, token: string, path?: string): Promise<Answered> {
  const body = new URLSearchParams({ logout_token: token }).toString();
  return post(address, { path: path ?? "/backchannel-logout", type: "application/x-www-form-urlencoded", body });
}

interface Posted {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function post(address: string | undefined, { path, type, body, headers }: Posted): Promise<Answered> {
  return send(String(address), { method: "POST", path, headers: { "content-type": type, ...headers }, body });
}
