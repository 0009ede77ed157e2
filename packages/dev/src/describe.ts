// The answer of `GET /dev`: everything that a test in any language needs to use the tenant.
import type { SigningAlgorithm } from "./config/algorithms.js";
import type { TenantConfig } from "./config/model.js";
import { withoutSignalsApi } from "./config/signals-api.js";
import { readDocumentation } from "./documentation.js";
import type { Fault } from "./faults/fault.js";
import { metadataPaths, paths, signals } from "./provider/paths.js";

export interface TenantDescription {
  readonly issuer: string;
  /** The address of the documentation, from `GATEWARDEN_DOCS`. */
  readonly documentation: string | null;
  readonly audiences: readonly string[];
  readonly apis: readonly {
    audience: string;
    name: string;
    rbac: boolean;
    permissionsInAccessToken: boolean;
    signingAlgorithm: SigningAlgorithm;
    tokenLifetime: number;
    permissions: readonly string[];
  }[];
  readonly personas: readonly {
    id: string;
    subject: string;
    name: string;
    email: string | null;
    roles: readonly string[];
    permissions: readonly string[];
    organization: string | null;
  }[];
  readonly clients: readonly {
    id: string;
    name: string;
    confidential: boolean;
    grants: readonly string[];
    permissions: readonly string[];
  }[];
  readonly endpoints: Readonly<Record<string, string>>;
  /** The active faults: none in a healthy tenant. */
  readonly faults: readonly Fault[];
}

export function describeTenant(issuer: string, config: TenantConfig, faults: readonly Fault[]): TenantDescription {
  const apis = withoutSignalsApi(config);
  return {
    issuer,
    documentation: readDocumentation(),
    audiences: apis.map(({ audience }) => audience),
    apis: apis.map(
      ({ audience, name, rbac, permissionsInAccessToken, signingAlgorithm, tokenLifetime, permissions }) => ({
        audience,
        name,
        rbac,
        permissionsInAccessToken,
        signingAlgorithm,
        tokenLifetime,
        permissions,
      }),
    ),
    personas: config.personas.map(({ id, subject, name, email, roles, permissions, organization }) => ({
      id,
      subject,
      name,
      email: email ?? null,
      roles,
      permissions,
      organization: organization ?? null,
    })),
    clients: config.clients.map(({ id, name, secret, grants, permissions }) => ({
      id,
      name,
      confidential: secret !== undefined,
      grants,
      permissions,
    })),
    endpoints: describeEndpoints(issuer),
    faults,
  };
}

function describeEndpoints(issuer: string): Record<string, string> {
  const at = (path: string): string => new URL(path, issuer).href;
  return {
    metadata: at(metadataPaths[0] ?? "/"),
    authorization: at(paths.authorization),
    token: at(paths.token),
    userinfo: at(paths.userinfo),
    jwks: at(paths.jwks),
    introspection: at(paths.introspection),
    revocation: at(paths.revocation),
    logout: at(paths.end_session),
    registration: at(paths.registration),
    dev: at("/dev"),
    devToken: at("/dev/token"),
    devFaults: at("/dev/faults"),
    devLogins: at("/dev/logins"),
    devLogout: at("/dev/logout"),
    devSignals: at("/dev/signals"),
    devKeys: at("/dev/keys"),
    devPersonas: at("/dev/personas"),
    devClients: at("/dev/clients"),
    devAudiences: at("/dev/audiences"),
    devReset: at("/dev/reset"),
    devApis: at("/dev/apis"),
    devTry: at("/dev/try"),
    devExplain: at("/dev/explain"),
    devFeed: at("/dev/feed"),
    devDecisions: at("/dev/decisions"),
    console: at("/console"),
    pushedAuthorization: at(paths.pushed_authorization_request),
    signals: at(signals.metadata),
  };
}
