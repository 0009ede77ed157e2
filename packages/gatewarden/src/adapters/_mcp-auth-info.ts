// MCP: what the official SDKs hand to tools of a verified token, and the way back from it. Their
// types are repeated here, so that either SDK may be missing.
import type { Auth, Guard } from "../index.js";

/**
 * A verified token as both official SDKs pass it to tools: `extra.authInfo` in version 1,
 * `ctx.http.authInfo` in version 2.
 */
export interface AuthInfo {
  token: string;
  clientId: string;
  scopes: string[];
  /** In seconds since 1970. */
  expiresAt?: number;
  /** The server that the token is for (RFC 8707). */
  resource?: URL;
  /** Where challenges of the second SDK say that the metadata is (RFC 9728 §5.1). */
  resourceMetadataUrl?: string;
  extra?: Record<string, unknown>;
}

/** What an SDK passes to a tool, as far as it is read here. */
export interface McpExtra {
  /** Version 1. */
  readonly authInfo?: AuthInfo | undefined;
  /** Version 2. */
  readonly http?: { readonly authInfo?: AuthInfo | undefined } | undefined;
}

/**
 * Keyed by `extra`, which no one else can make: the second SDK passes on a shallow copy of the
 * rest.
 */
const known = new WeakMap<object, { readonly guard: object; readonly auth: Auth<unknown> }>();

/** What the SDKs expect of a verified token. */
export function toAuthInfo(guard: Guard<unknown>, auth: Auth<unknown>): AuthInfo {
  const metadata = guard.metadata();
  const extra = { subject: auth.subject, permissions: auth.permissions };
  known.set(extra, { guard, auth });
  return {
    token: auth.token,
    clientId: auth.clientId ?? "",
    scopes: [...auth.scopes],
    expiresAt: auth.expiresAt,
    ...(metadata && { resource: new URL(metadata.body.resource), resourceMetadataUrl: metadata.url }),
    extra,
  };
}

/**
 * The facts behind what an SDK passes to a tool. Undefined if another guard, or none, checked it.
 */
export function findAuth<Claims>(guard: Guard<Claims>, { http, authInfo }: McpExtra): Auth<Claims> | undefined {
  const facts = (http?.authInfo ?? authInfo)?.extra;
  const found = facts && known.get(facts);
  return found?.guard === guard ? (found.auth as Auth<Claims>) : undefined;
}
