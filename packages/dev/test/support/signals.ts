// An independent receiver's side of Shared Signals: tokens, calls, and events as jose reads them.
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import type { Tenant } from "../../src/index.js";
import { discover, insecure } from "./client.js";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at members that it expects
  readonly body: any;
}

/** A client's token for the tenant's signals, by the client credentials grant. */
export async function getSignalToken(
  tenant: Tenant,
  { scope = "ssf.manage ssf.read", id = "signals", secret = "signals-secret" } = {},
): Promise<string> {
  const [server, client] = [await discover(tenant), { client_id: id }];
  const auth = oauth.ClientSecretBasic(secret);
  const response = await oauth.clientCredentialsGrantRequest(server, client, auth, { scope }, insecure);
  return (await oauth.processClientCredentialsResponse(server, client, response)).access_token;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Calls the tenant's endpoints with a token. */
export function createCaller(tenant: Tenant, token: string | undefined): Call {
  return async (method, path, body) => {
    const response = await fetch(new URL(path, tenant.issuer), {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
}

/** Verifies a security event token: key, type, issuer and audience (RFC 8417, SSF 1.0 §4.1). */
export async function verifyEvent(tenant: Tenant, token: string, audience = "signals"): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", tenant.issuer));
  const { payload } = await jwtVerify(token, keys, {
    issuer: tenant.issuer,
    audience,
    typ: "secevent+jwt",
    algorithms: ["RS256"],
    requiredClaims: ["iat", "jti", "events", "sub_id"],
  });
  return payload;
}

export const caep = "https://schemas.openid.net/secevent/caep/event-type/";
export const risc = "https://schemas.openid.net/secevent/risc/event-type/";
export const verificationType = "https://schemas.openid.net/secevent/ssf/event-type/verification";
