// Authorization code with PKCE (RFC 7636, RFC 9700 §2.1.1), and with DPoP on request (RFC 9449).
import { generateKeyPair, type KeyPair } from "dpop";
import * as oauth from "oauth4webapi";
import type { Settings } from "./settings.js";

/** A login. It lives in this page only: a reload forgets it, and scripts of other pages never see it. */
export interface Session {
  readonly accessToken: string;
  /** The key that the token is bound to. Its private half cannot be exported. */
  readonly keys: KeyPair | undefined;
  readonly subject: string;
  readonly name: string;
}

/** What a login asks for besides. */
export interface LoginTerms {
  readonly dpop: boolean;
  /** What a challenge demands (RFC 9470 §4): `acr_values`, `max_age`. */
  readonly stepUp?: Readonly<Record<string, string>>;
  /** The call to repeat after the login. */
  readonly repeat?: string;
  /** Who should log in again. */
  readonly hint?: string;
}

/** What must outlive the redirect. It is no secret once it was used. */
interface Pending extends LoginTerms {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

const storageKey = "pending-login";
const redirectUri = () => `${location.origin}/callback`;
const toClient = ({ clientId }: Settings): oauth.Client => ({ client_id: clientId });
/** The local tenant speaks plain http. Anything else must be https. */
const isLocal = ({ issuer }: Settings) => ["127.0.0.1", "localhost"].includes(new URL(issuer).hostname);
const toOptions = (settings: Settings) => ({ [oauth.allowInsecureRequests]: isLocal(settings) });

async function discover(settings: Settings): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(settings.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, toOptions(settings)));
}

/** Leaves the page for the issuer's login. */
export async function startLogin(settings: Settings, terms: LoginTerms): Promise<void> {
  const server = await discover(settings);
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = oauth.generateRandomNonce();
  const pending: Pending = { ...terms, verifier, state, nonce };
  sessionStorage.setItem(storageKey, JSON.stringify(pending));
  const url = new URL(server.authorization_endpoint ?? "");
  const parameters = {
    client_id: settings.clientId,
    redirect_uri: redirectUri(),
    response_type: "code",
    scope: "openid profile read:admin read:reports",
    audience: settings.audience,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...(terms.stepUp ?? { prompt: "login" }),
    ...(terms.hint && { login_hint: terms.hint }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/** What came back from the issuer; undefined if this page was opened for another reason. */
export async function finishLogin(settings: Settings): Promise<{ session: Session; terms: LoginTerms } | undefined> {
  const stored = sessionStorage.getItem(storageKey);
  if (location.pathname !== "/callback" || stored === null) return undefined;
  sessionStorage.removeItem(storageKey);
  const callback = new URL(location.href);
  // The code is worth nothing without the verifier, but it need not stay in the history.
  history.replaceState(null, "", "/");
  const pending = JSON.parse(stored) as Pending;
  return { session: await redeem(settings, callback, pending), terms: pending };
}

async function redeem(settings: Settings, callback: URL, pending: Pending): Promise<Session> {
  const [server, client] = [await discover(settings), toClient(settings)];
  const answer = oauth.validateAuthResponse(server, client, callback, pending.state);
  const keys = pending.dpop ? await generateKeyPair("ES256", { extractable: false }) : undefined;
  const options = { ...toOptions(settings), ...(keys && { DPoP: oauth.DPoP(client, keys) }) };
  const auth = oauth.None();
  const request = [server, client, auth, answer, redirectUri(), pending.verifier, options] as const;
  const response = await oauth.authorizationCodeGrantRequest(...request);
  const checks = { expectedNonce: pending.nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, checks);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const subject = claims?.sub ?? "";
  return { accessToken: tokens.access_token, keys, subject, name: String(claims?.["name"] ?? subject) };
}
