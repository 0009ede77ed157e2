// How each kind of authorization server wants to be asked for a token on behalf of a user. What
// each needs is from its documentation, named at each.
import { ConfigError } from "../../errors.js";
import { toTargetError, type WantedToken } from "./target.js";
import type { GrantQuestion } from "./token-endpoint.js";

/**
 * The kind of server. `rfc8693`: the standard. The others are the standard with the parameters that
 * the provider documents, or, for `entra`, another protocol for the same.
 */
export type ExchangeDialect = "rfc8693" | "auth0" | "entra" | "keycloak" | "okta";

/** What is exchanged. */
export interface Subject {
  readonly token: string;
  /** RFC 8693 §3. Undefined for an access token. */
  readonly type: string | undefined;
}

/** Throws `ConfigError` where the server has no way to ask for such a token. */
export type ToQuestion = (subject: Subject, wanted: WantedToken) => GrantQuestion;

type Parameters = GrantQuestion["parameters"];

const grantType = "urn:ietf:params:oauth:grant-type:token-exchange";
const accessToken = "urn:ietf:params:oauth:token-type:access_token";

/** RFC 8693 §2.1. */
const ask: ToQuestion = (subject, wanted) => toExchange(subject, wanted, { saysWhatItWants: true });

/**
 * "On-Behalf-Of Token Exchange": `audience` and `requested_token_type` are required, and there is
 * no `resource`. "Custom Token Exchange", which has a `subject_token_type` of your own, documents
 * no `requested_token_type`.
 * https://auth0.com/docs/secure/call-apis-on-users-behalf/on-behalf-of-token-exchange
 * https://auth0.com/docs/get-started/authentication-and-authorization-flow/token-exchange-flow/call-your-api-using-the-custom-token-exchange-flow
 */
const askAuth0: ToQuestion = (subject, wanted) => {
  refuseResource(wanted, "Auth0");
  if (wanted.audiences.length !== 1) throw toTargetError("audience", "must be one audience for Auth0");
  return toExchange(subject, wanted, { saysWhatItWants: subject.type === undefined });
};

/**
 * "Standard token exchange": several audiences, each the client id of a target client; no
 * `resource`. https://www.keycloak.org/securing-apps/token-exchange
 */
const askKeycloak: ToQuestion = (subject, wanted) => {
  refuseResource(wanted, "Keycloak");
  return toExchange(subject, wanted, { saysWhatItWants: true });
};

/**
 * "OAuth 2.0 On-Behalf-Of Token Exchange": `audience` and `scope` are required; the request has no
 * other parameters. https://developer.okta.com/docs/guides/set-up-token-exchange/main/
 */
const askOkta: ToQuestion = (subject, wanted) => {
  refuseResource(wanted, "Okta");
  if (wanted.audiences.length !== 1) throw toTargetError("audience", "must be one audience for Okta");
  if (wanted.scopes.length === 0) throw toTargetError("scope", "is required for Okta");
  return toExchange(subject, wanted, { saysWhatItWants: false });
};

/**
 * "OAuth 2.0 On-Behalf-Of flow": an assertion instead of a subject token, and scopes that name the
 * API. `scope` is required: without one, all that the API was granted, `<audience>/.default`.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow
 */
const askEntra: ToQuestion = ({ token }, wanted) => {
  refuseResource(wanted, "Microsoft Entra");
  const parameters: Parameters = [
    ["assertion", token],
    ["requested_token_use", "on_behalf_of"],
    ["scope", toEntraScopes(wanted)],
  ];
  return { grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer", parameters };
};

/** Names without a scheme are those of the audience: `Orders.Read` of `api://orders`. */
function toEntraScopes({ audiences: [audience, ...more], scopes }: WantedToken): string {
  if (more.length > 0) throw toTargetError("audience", "must be one audience for Microsoft Entra");
  if (audience === undefined) return scopes.join(" ");
  const names = scopes.length > 0 ? scopes : [".default"];
  return names.map((name) => (name.includes("/") ? name : `${audience}/${name}`)).join(" ");
}

function refuseResource({ resources }: WantedToken, server: string): void {
  if (resources.length > 0) throw toTargetError("resource", `is not known to ${server}; name the audience`);
}

function toExchange(
  { token, type = accessToken }: Subject,
  { audiences, scopes, resources }: WantedToken,
  { saysWhatItWants }: { readonly saysWhatItWants: boolean },
): GrantQuestion {
  const parameters: Parameters = [
    ["subject_token", token],
    ["subject_token_type", type],
    ...(saysWhatItWants ? ([["requested_token_type", accessToken]] as const) : []),
    ...toTargetParameters({ audiences, scopes, resources }),
  ];
  return { grantType, parameters };
}

/** `audience`, `resource` and `scope`, as often as there are values (RFC 8693 §2.1). */
export function toTargetParameters({ audiences, scopes, resources }: Omit<WantedToken, "key">): Parameters {
  return [
    ...audiences.map((one) => ["audience", one] as const),
    ...resources.map((one) => ["resource", one] as const),
    ...(scopes.length > 0 ? [["scope", scopes.join(" ")] as const] : []),
  ];
}

const dialects: Readonly<Record<ExchangeDialect, ToQuestion>> = {
  rfc8693: ask,
  auth0: askAuth0,
  entra: askEntra,
  keycloak: askKeycloak,
  okta: askOkta,
};

/** Throws `ConfigError` for an unknown one. */
export function requireDialect(dialect: ExchangeDialect): ToQuestion {
  if (typeof dialect === "string" && Object.hasOwn(dialects, dialect)) return dialects[dialect];
  const problem = `must be ${Object.keys(dialects)
    .map((one) => `"${one}"`)
    .join(", ")}`;
  throw new ConfigError({ option: "dialect", problem, example: 'dialect: "entra"' });
}
