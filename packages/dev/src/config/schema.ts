// The schema of a configuration. `complaint.ts` words the messages.
import { z } from "zod";
import { TenantError } from "../errors.js";
import { isLoopbackUrl } from "../loopback.js";
import { signingAlgorithms } from "./algorithms.js";
import { toComplaint } from "./complaint.js";
import type { TenantConfigInput } from "./model.js";

const permission = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, "must be one word without spaces or quotes");
const shortName = z.string().regex(/^[\w.-]+$/, "must be a short name: letters, digits, `.`, `_`, `-`");
const text = z.string().min(1, "must not be empty");

const api = z.strictObject({
  audience: text,
  name: text.optional(),
  permissions: z.array(permission).optional(),
  rbac: z.boolean().optional(),
  permissionsInAccessToken: z.boolean().optional(),
  tokenLifetime: z.int().positive().optional(),
  signingAlgorithm: z.enum(signingAlgorithms).optional(),
  emailInAccessToken: z.boolean().optional(),
  sidInAccessToken: z.boolean().optional(),
});

const persona = z.strictObject({
  name: text.optional(),
  email: text.optional(),
  emailVerified: z.boolean().optional(),
  subject: text.optional(),
  roles: z.array(text).optional(),
  permissions: z.array(permission).optional(),
  organization: text.optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
});

const client = z.strictObject({
  name: text.optional(),
  secret: text.optional(),
  publicKeys: z.array(z.record(z.string(), z.unknown())).min(1).optional(),
  grants: z.array(z.enum(["authorization_code", "refresh_token", "client_credentials"])).optional(),
  permissions: z.array(permission).optional(),
  redirectUris: z.array(z.url()).min(1).optional(),
  certificateBound: z.boolean().optional(),
  backchannelLogoutUri: z.string().refine(isLogoutUri, "must be an address of this machine, or https").optional(),
  backchannelLogoutSessionRequired: z.boolean().optional(),
  tokenExchange: text.optional(),
});

/** No fragment and no password: OpenID Connect Back-Channel Logout §2.2, RFC 3986 §3.2.1. */
function isLogoutUri(value: string): boolean {
  if (!URL.canParse(value) || value.includes("#")) return false;
  const { protocol, username, password } = new URL(value);
  return (isLoopbackUrl(value) || protocol === "https:") && username === "" && password === "";
}

const atLeastOne = (value: object): boolean => Object.keys(value).length > 0;

const config = z.strictObject({
  $schema: z.string().optional(),
  tokenDialect: z.enum(["rfc9068", "auth0"]).optional(),
  claimNamespace: z.url().optional(),
  apis: z.array(api).min(1, "must name at least one API").optional(),
  personas: z.record(shortName, persona).refine(atLeastOne, "must name at least one persona").optional(),
  clients: z.record(shortName, client).optional(),
  clientMetadataDocuments: z.array(z.url({ protocol: /^https$/, error: "must be an https URL" })).optional(),
});

/**
 * Checks a configuration. Throws a {@link TenantError} that lists every problem and names `source`.
 */
export function parseConfigInput(input: unknown, source: string): TenantConfigInput {
  const result = config.safeParse(input);
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) => `  - ${toComplaint(issue, input)}`);
  throw new TenantError("invalid_configuration", [`${source} cannot be used:`, ...complaints].join("\n"));
}
