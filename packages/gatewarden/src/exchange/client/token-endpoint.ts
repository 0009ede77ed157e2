// One request to the token endpoint, with DPoP where wanted (RFC 6749 §4.4 and §5, RFC 8693 §2, RFC
// 9449 §5).
import * as oauth from "oauth4webapi";
import type { AuthScheme } from "../../errors.js";
import { withinBounds } from "../../oauth-client/bounded-fetch.js";
import { createClientAuth } from "../../oauth-client/client-auth.js";
import { createLocator } from "../../oauth-client/server-options.js";
import { globalFetch } from "../../platform/fetch.js";
import { UnusableToken } from "./failure.js";
import { createProofs, type Proofs } from "./proofs.js";
import type { TokenSourceOptions } from "./source-options.js";

/** What is asked for. */
export interface GrantQuestion {
  readonly grantType: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** A token as the server gave it. */
export interface GrantedToken {
  readonly value: string;
  readonly scheme: AuthScheme;
  /** Seconds that it lives. Undefined where the server did not say. */
  readonly lifetime: number | undefined;
  readonly scopes: readonly string[] | undefined;
}

/** Asks the token endpoint of one server. */
export interface TokenEndpoint {
  /** Undefined where tokens are not bound. */
  readonly proofs: Proofs | undefined;
  /** Rejects with what went wrong, which may quote the answer. */
  ask(question: GrantQuestion, signal: AbortSignal): Promise<GrantedToken>;
}

const longestToken = 65_536;
/** RFC 8693 §3: what may be sent as an access token. */
const accessTokenTypes: readonly unknown[] = [
  undefined,
  "urn:ietf:params:oauth:token-type:access_token",
  "urn:ietf:params:oauth:token-type:jwt",
];

/** Throws `ConfigError`. Sends nothing yet. */
export function createTokenEndpoint(options: TokenSourceOptions): TokenEndpoint {
  const { clientId, auth, dpop = "off" } = options;
  const client: oauth.Client = { client_id: clientId };
  const clientAuth = createClientAuth(auth);
  const locate = createLocator(options, "token", true);
  const fetch = withinBounds(options.fetch ?? globalFetch);
  const proofs = dpop === "off" ? undefined : createProofs();
  return {
    proofs,
    async ask({ grantType, parameters }, signal) {
      const server = await locate();
      const handle = await proofs?.handle();
      const http = {
        ...{ [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true, signal },
        ...(handle && { DPoP: handle }),
      };
      const list = parameters.map(([name, value]) => [name, value]);
      const send = async () => {
        const answer = await oauth.genericTokenEndpointRequest(server, client, clientAuth, grantType, list, http);
        return oauth.processGenericTokenEndpointResponse(server, client, answer);
      };
      const response = await send().catch((error: unknown) => {
        // The handle has noted the nonce (RFC 9449 §8).
        if (handle && oauth.isDPoPNonceError(error)) return send();
        throw error;
      });
      return toGranted(response, dpop);
    },
  };
}

function toGranted(response: oauth.TokenEndpointResponse, dpop: string): GrantedToken {
  const { access_token: value, token_type: type, expires_in: lifetime, scope } = response;
  // It becomes part of a header (RFC 6750 §2.1).
  if (!/^[\x21-\x7e]+$/.test(value) || value.length > longestToken) throw new UnusableToken("the token cannot be sent");
  if (!accessTokenTypes.includes(response["issued_token_type"])) {
    throw new UnusableToken("the token is not an access token (RFC 8693 §2.2.1)");
  }
  const isBound = type === "dpop";
  if (isBound && dpop === "off") throw new UnusableToken("the token is bound to a key, and dpop is off");
  if (!isBound && dpop === "required") throw new UnusableToken("the token is not bound, and dpop is required");
  return {
    value,
    scheme: isBound ? "DPoP" : "Bearer",
    lifetime,
    scopes: scope?.split(" ").filter((one) => one !== ""),
  };
}
