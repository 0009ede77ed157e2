import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";
import { Browser } from "./support/browser.js";
import { insecure, redirectUri, startLogin, verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

test("a token asked for with a DPoP proof is bound to its key, and userinfo wants the proof", async () => {
  const tenant = await startTenant();
  const login = await startLogin(tenant, { persona: "alice" });
  const client = { client_id: "spa" };
  const keys = await oauth.generateKeyPair("ES256", { extractable: true });
  const DPoP = oauth.DPoP({}, keys);
  const callback = await new Browser(tenant.issuer).leave(login.url);
  const parameters = oauth.validateAuthResponse(login.server, client, callback, login.state);
  const response = await oauth.authorizationCodeGrantRequest(
    login.server,
    client,
    oauth.None(),
    parameters,
    redirectUri,
    login.verifier,
    { ...insecure, DPoP },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(login.server, client, response);
  expect(tokens.token_type).toBe("dpop");
  const { payload } = await verify(tenant, tokens.access_token);
  expect(payload["cnf"]).toEqual({ jkt: await DPoP.calculateThumbprint() });
  const proven = await oauth.userInfoRequest(login.server, client, tokens.access_token, { ...insecure, DPoP });
  expect(proven.status).toBe(200);
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  expect((await fetch(new URL("/userinfo", tenant.issuer), { headers })).status).toBe(401);
});
