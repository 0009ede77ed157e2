// The headers in which the identity travels to the upstream.
import type { FileData, IdentityHeaderNames } from "../rules/schema.js";

/** Each fact, and the header that carries it. */
export interface IdentityNames {
  readonly headers: readonly (readonly [fact: keyof IdentityHeaderNames, name: string])[];
  /** The header of the internal token. */
  readonly token: string | undefined;
}

const standard: Required<IdentityHeaderNames> = {
  subject: "X-Auth-Subject",
  client: "X-Auth-Client",
  scope: "X-Auth-Scope",
  permissions: "X-Auth-Permissions",
  roles: "X-Auth-Roles",
  organization: "X-Auth-Organization",
  issuer: "X-Auth-Issuer",
  actor: "X-Auth-Actor",
};

const prefixes = ["x-gatewarden-", "x-original-", "x-forwarded-"];
const reserved = [
  "host",
  "connection",
  "content-length",
  "cache-control",
  "transfer-encoding",
  "upgrade",
  "cookie",
  "set-cookie",
  "www-authenticate",
];

/** Throws `TypeError` for a header that means something else already, or that is named twice. */
export function requireIdentityNames(identity: FileData["identity"]): IdentityNames {
  const chosen = identity?.headers === false ? {} : (identity?.headers ?? standard);
  const headers = Object.entries(chosen).filter(([, name]) => name !== undefined) as IdentityNames["headers"];
  const token = identity?.token && (identity.token.header ?? "X-Gatewarden-Token");
  const names = headers.map(([, name]) => name.toLowerCase());
  const isTaken = (name: string) =>
    reserved.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)) || name === "authorization";
  const wrong = names.find(isTaken);
  if (wrong !== undefined) throw new TypeError(`"identity.headers" cannot use ${wrong}`);
  const all = token === undefined ? names : [...names, token.toLowerCase()];
  if (new Set(all).size !== all.length) throw new TypeError('"identity" names a header twice');
  return { headers, token };
}

/** Every header that a client must not be able to send, in lower case. */
export function listProtectedHeaders({ headers, token }: IdentityNames): readonly string[] {
  const names = headers.map(([, name]) => name.toLowerCase());
  return token === undefined || token.toLowerCase() === "authorization" ? names : [...names, token.toLowerCase()];
}
