// The tenant without a configuration file: one API, three personas, four applications.
import type { ApiInput, ClientInput, PersonaInput, TenantConfigInput } from "./model.js";

const api: ApiInput = {
  audience: "https://api.gatewarden.local",
  name: "Example API",
  permissions: ["read:admin", "read:reports", "write:reports"],
  emailInAccessToken: true,
};

const personas: Record<string, PersonaInput> = {
  alice: {
    name: "Alice Adams",
    email: "alice@acme.example",
    emailVerified: true,
    roles: ["admin"],
    permissions: ["read:admin", "read:reports", "write:reports"],
    organization: "org_acme",
    claims: { "https://gatewarden.local/plan": "pro" },
  },
  bob: {
    name: "Bob Brown",
    email: "bob@acme.example",
    emailVerified: true,
    roles: ["member"],
    permissions: ["read:reports"],
    organization: "org_acme",
    claims: { "https://gatewarden.local/plan": "free" },
  },
  carol: {
    name: "Carol Clark",
    email: "carol@mail.example",
    emailVerified: false,
  },
};

const clients: Record<string, ClientInput> = {
  spa: { name: "Example single-page app" },
  web: { name: "Example web app", secret: "web-secret", grants: ["authorization_code", "refresh_token"] },
  machine: { name: "Example machine", secret: "machine-secret", permissions: ["read:reports"] },
  "resource-server": { name: "Example API (introspection)", secret: "resource-server-secret", grants: [] },
  signals: { name: "Example receiver of signals", secret: "signals-secret", permissions: ["ssf.manage", "ssf.read"] },
};

/** The configuration of a tenant when none is given. */
export const defaultConfig: { readonly [Part in keyof TenantConfigInput]-?: NonNullable<TenantConfigInput[Part]> } = {
  tokenDialect: "rfc9068",
  claimNamespace: "https://gatewarden.local/",
  apis: [api],
  personas,
  clients,
  clientMetadataDocuments: [],
};

/** The default port, if it is free. */
export const defaultPort = 4400;
