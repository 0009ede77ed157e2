// An independent OAuth client (oauth4webapi), for logins and tokens on a tenant.
import { createRemoteJWKSet, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from "jose";
import * as oauth from "oauth4webapi";
import type { Tenant } from "../../src/index.js";
import { Browser } from "./browser.js";

export const insecure = { [oauth.allowInsecureRequests]: true };
export const redirectUri = "http://localhost:5173/callback";

export function discover(tenant: Pick<Tenant, "issuer">): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(tenant.issuer);
  return oauth.discoveryRequest(issuer, insecure).then((response) => oauth.processDiscoveryResponse(issuer, response));
}

export interface Login {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
  readonly server: oauth.AuthorizationServer;
}

/** An authorization request with PKCE; `extra` adds or (with undefined) removes parameters. */
export async function startLogin(
  tenant: Pick<Tenant, "issuer" | "audience">,
  extra: Record<string, string | undefined> = {},
  clientId = "spa",
): Promise<Login> {
  const server = await discover(tenant);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint ?? "");
  const parameters: Record<string, string | undefined> = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid profile email",
    audience: tenant.audience,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    ...extra,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { url, verifier, state, server };
}

/** Exchanges the code that the application was sent back with. */
export async function redeem(
  login: Login,
  callback: URL,
  { clientId = "spa", auth = oauth.None() }: { clientId?: string; auth?: oauth.ClientAuth } = {},
): Promise<oauth.TokenEndpointResponse> {
  const client = { client_id: clientId };
  const parameters = oauth.validateAuthResponse(login.server, client, callback, login.state);
  const response = await oauth.authorizationCodeGrantRequest(
    login.server,
    client,
    auth,
    parameters,
    redirectUri,
    login.verifier,
    insecure,
  );
  return oauth.processAuthorizationCodeResponse(login.server, client, response);
}

/** The whole login: authorization request, persona page, code, tokens. */
export async function logIn(
  tenant: Tenant,
  persona: string,
  extra: Record<string, string | undefined> = {},
): Promise<oauth.TokenEndpointResponse> {
  const browser = new Browser(tenant.issuer);
  const login = await startLogin(tenant, extra);
  const { url } = await browser.read(login.url);
  return redeem(login, await browser.submit(url, { persona }));
}

/** Verifies a token as an API would, with keys from the tenant. */
export async function verify(
  tenant: Tenant,
  token: string,
  audience: string = tenant.audience,
): Promise<{ payload: JWTPayload; header: ProtectedHeaderParameters }> {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", tenant.issuer));
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: tenant.issuer, audience });
  return { payload, header: protectedHeader };
}
