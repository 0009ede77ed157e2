// `gatewarden/introspection`: asks an authorization server about tokens (RFC 7662, RFC 9701) with
// oauth4webapi, an optional peer dependency.
import * as oauth from "oauth4webapi";
import { requireHttpHosts } from "../../configuration/hosts.js";
import { ConfigError } from "../../errors.js";
import type { Fetch, Introspect, IntrospectionResponse } from "../../index.js";
import { createDiscovery } from "../../issuer/discovery.js";
import { checkPlace, notSafe } from "../../issuer/places.js";
import { isIssuerName } from "../../issuer/url.js";
import { DependencyError } from "../../monitoring/dependency.js";
import { globalFetch } from "../../platform/fetch.js";
import { withinBounds } from "./bounded-fetch.js";
import { createClientAuth, type IntrospectionClientAuth } from "./client-auth.js";
import { describeFailure } from "./describe-failure.js";

export type { IntrospectionClientAuth } from "./client-auth.js";

/** Options of `createIntrospectionClient`. */
export interface IntrospectionClientOptions {
  /** Exact name of the authorization server, such as `https://login.acme.com/`. */
  readonly issuer: string;
  /** The client id of this API at the server. */
  readonly clientId: string;
  /** How the client authenticates (RFC 7662 §2.1). */
  readonly auth: IntrospectionClientAuth;
  /** URL of the endpoint. Default: `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string;
  /** URL of the issuer's metadata, when it is not at the well-known place. */
  readonly discoveryUrl?: string;
  /**
   * Hosts that may be contacted over plain http, such as `keycloak:8080`, as the guard's option of
   * this name. The client's secret and the tokens cross that network unencrypted. Default: http on
   * this machine only.
   */
  readonly insecureHttpHosts?: readonly string[];
  /** `jwt` requires a signed answer (RFC 9701). Default `json`. */
  readonly response?: "json" | "jwt";
  /**
   * Sends requests: undici's `fetch`, or a function around one. Default: the global `fetch`, read
   * at each call.
   */
  readonly fetch?: Fetch;
}

/**
 * Seconds. As long as the guard waits by default; the table of its options would be half of this
 * sub-path.
 */
const discoveryTimeout = 5;

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
  const locate = createLocator(options);
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

/**
 * The server's metadata for oauth4webapi. Its URLs were checked: https, or http where that is
 * allowed.
 */
function createLocator(options: IntrospectionClientOptions) {
  const { issuer, endpoint, discoveryUrl, response, fetch } = options;
  const discovery = createDiscovery({
    issuers: [issuer],
    discoveryUrl,
    places: { httpHosts: requireHttpHosts(options.insecureHttpHosts) },
    fetch: fetch ?? globalFetch,
    timeout: discoveryTimeout,
    now: () => Date.now() / 1000,
  });
  let known: oauth.AuthorizationServer | undefined;
  return async (): Promise<oauth.AuthorizationServer> => {
    // Without signed answers an explicit endpoint is enough.
    if (endpoint !== undefined && response !== "jwt") return { issuer, introspection_endpoint: endpoint };
    const { jwksUri, introspectionEndpoint = endpoint } = await discovery.load();
    const current = endpoint ?? introspectionEndpoint;
    if (current === undefined) throw new TypeError(`The metadata of ${issuer} name no introspection_endpoint`);
    // The same object while nothing changes: oauth4webapi caches the server's keys by it.
    if (known?.jwks_uri !== jwksUri || known.introspection_endpoint !== current) {
      known = { issuer, jwks_uri: jwksUri, introspection_endpoint: current };
    }
    return known;
  };
}

function requireClientOptions(options: IntrospectionClientOptions): void {
  const { issuer, clientId, endpoint, discoveryUrl, response } = options;
  const httpHosts = requireHttpHosts(options.insecureHttpHosts);
  // Where all URLs are configured, nothing is fetched from the issuer's name: it is only compared
  // (RFC 7519 §4.1.1).
  const isApart = discoveryUrl !== undefined || (endpoint !== undefined && response !== "jwt");
  const isName = isApart && typeof issuer === "string" && isIssuerName(issuer);
  const urls = Object.entries({ ...(!isName && { issuer }), endpoint, discoveryUrl });
  for (const [option, value] of urls) {
    if (value === undefined && option !== "issuer") continue;
    const problem = typeof value === "string" ? checkPlace(value, { httpHosts }) : notSafe;
    if (problem !== undefined)
      throw new ConfigError({ option, problem: `is ${JSON.stringify(value)}; it ${problem}`, example });
  }
  if (typeof clientId !== "string" || clientId === "") {
    throw new ConfigError({ option: "clientId", problem: "is empty", example });
  }
  if (![undefined, "json", "jwt"].includes(response)) {
    throw new ConfigError({ option: "response", problem: `is "${String(response)}"`, example: 'response: "jwt"' });
  }
}
