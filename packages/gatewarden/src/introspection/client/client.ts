// `gatewarden/introspection`: asks an authorization server about tokens (RFC 7662, RFC 9701) with
// oauth4webapi, an optional peer dependency.
import * as oauth from "oauth4webapi";
import { ConfigError } from "../../errors.js";
import type { Introspect, IntrospectionResponse } from "../../index.js";
import { DependencyError } from "../../monitoring/dependency.js";
import { withinBounds } from "../../oauth-client/bounded-fetch.js";
import { createClientAuth } from "../../oauth-client/client-auth.js";
import { createLocator, requireServerOptions, type ServerOptions } from "../../oauth-client/server-options.js";
import { globalFetch } from "../../platform/fetch.js";
import { describeFailure } from "./describe-failure.js";

export type { ClientCredential as IntrospectionClientAuth } from "../../oauth-client/client-auth.js";

/** Options of `createIntrospectionClient`. `endpoint` is by default `introspection_endpoint`. */
export interface IntrospectionClientOptions extends ServerOptions {
  /** `jwt` requires a signed answer (RFC 9701). Default `json`. */
  readonly response?: "json" | "jwt";
}

const example =
  'createIntrospectionClient({ issuer: "https://login.acme.com/", clientId: "api", auth: { clientSecret } })';

/**
 * Asks about tokens, for the option `introspection`. Throws `ConfigError` for invalid options.
 * Sends nothing yet: the endpoint is discovered with the first token.
 */
export function createIntrospectionClient(options: IntrospectionClientOptions): Introspect {
  requireClientOptions(options);
  const { auth, clientId, response = "json" } = options;
  const isJwt = response === "jwt";
  const clientAuth = createClientAuth(auth);
  // The keys of a signed answer are in the metadata.
  const locate = createLocator(options, "introspection", !isJwt);
  const client: oauth.Client = { client_id: clientId };
  const fetch = withinBounds(options.fetch ?? globalFetch);
  return async (token, { signal }) => {
    try {
      const server = await locate();
      const http = { [oauth.customFetch]: fetch, [oauth.allowInsecureRequests]: true, signal };
      const answer = await oauth.introspectionRequest(server, client, clientAuth, token, {
        ...http,
        requestJwtResponse: isJwt,
        additionalParameters: { token_type_hint: "access_token" },
      });
      return await parseAnswer(answer, { server, client, isJwt, http });
    } catch (error) {
      throw error instanceof DependencyError ? error : describeFailure(error);
    }
  };
}

interface AnswerContext {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly isJwt: boolean;
  readonly http: oauth.ValidateSignatureOptions;
}

async function parseAnswer(answer: Response, context: AnswerContext): Promise<IntrospectionResponse> {
  const response = await parseDescription(answer, context).catch((error: unknown) => {
    throw describeFailure(error, answer);
  });
  // Fetches keys, so its failure is not about the token.
  if (context.isJwt) await oauth.validateApplicationLevelSignature(context.server, answer, context.http);
  return response;
}

async function parseDescription(
  answer: Response,
  { server, client, isJwt }: AnswerContext,
): Promise<IntrospectionResponse> {
  const type = answer.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  // Where a signed answer is required, an unsigned one must be refused (RFC 9701 §5 and §8.2).
  if (answer.status === 200 && isJwt !== (type === "application/token-introspection+jwt")) {
    throw new TypeError(`The introspection endpoint did not answer with ${isJwt ? "a JWT" : "JSON"}`);
  }
  return oauth.processIntrospectionResponse(server, client, answer);
}

function requireClientOptions(options: IntrospectionClientOptions): void {
  const { response } = options;
  requireServerOptions(options, { needsOnlyEndpoint: response !== "jwt", example });
  if (![undefined, "json", "jwt"].includes(response)) {
    throw new ConfigError({ option: "response", problem: `is "${String(response)}"`, example: 'response: "jwt"' });
  }
}
