// Who may use the endpoints of signals: a client with a token of this tenant for them.
import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { SignedTokens } from "../provider/signed-tokens.js";
import { sendError } from "./respond.js";

/** `ssf.manage` may do everything (CAEP interoperability profile 1.0 §2.7.2). */
export type SignalScope = "ssf.manage" | "ssf.read";

export interface SignalAuthorizationOptions {
  readonly currentProvider: () => Provider;
  readonly signedTokens: SignedTokens;
  readonly audience: string;
}

/** Returns the client; or answers 401 or 403 (RFC 6750 §3), and returns undefined. */
export type AuthorizeSignal = (
  request: IncomingMessage,
  response: ServerResponse,
  scope: SignalScope,
) => Promise<string | undefined>;

export function createSignalAuthorization(options: SignalAuthorizationOptions): AuthorizeSignal {
  return async (request, response, scope) => {
    const [, token] = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (token === undefined) return refuse(response, 401, "invalid_token", "A token is missing.");
    const found = await findToken(options, token);
    if (found === undefined) {
      const need = `It must be a client's own token of this tenant for the audience ${options.audience}.`;
      return refuse(response, 401, "invalid_token", `The token is not valid here. ${need}`);
    }
    if (found.scopes.has("ssf.manage") || found.scopes.has(scope)) return found.clientId;
    return refuse(response, 403, "insufficient_scope", `The token lacks the scope ${scope}.`);
  };
}

/** A token that was revoked, or has expired, is not found. */
async function findToken({ currentProvider, signedTokens, audience }: SignalAuthorizationOptions, token: string) {
  const reference = await signedTokens.toReference(token);
  const found = reference === undefined ? undefined : await currentProvider().ClientCredentials.find(reference);
  return found?.clientId !== undefined && found.aud === audience
    ? { clientId: found.clientId, scopes: found.scopes }
    : undefined;
}

function refuse(response: ServerResponse, status: number, error: string, description: string): undefined {
  response.setHeader("www-authenticate", `Bearer error="${error}", error_description="${description}"`);
  sendError(response, status, error, description);
}
