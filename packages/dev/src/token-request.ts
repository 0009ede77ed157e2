// Input and output of `token()` and `POST /dev/token`.
import { z } from "zod";
import { toComplaint } from "./config/complaint.js";
import { TenantError } from "./errors.js";
import type { Fault, TokenFaultName } from "./faults/fault.js";
import { parseTokenFault } from "./faults/parse-fault.js";
import { parseJson } from "./json.js";

/**
 * The token to issue. All parts are optional: an empty request is a token of the first persona for
 * the first API.
 */
export interface TokenRequest {
  /** The persona's short name: `"alice"`. */
  readonly as?: string | undefined;
  /** The application. Without `as`, a client with client credentials gets a machine token. */
  readonly client?: string | undefined;
  /** The API. Default: the tenant's first. `null`: none, which results in an opaque token. */
  readonly audience?: string | null | undefined;
  /**
   * Used instead of the permissions of the persona or client, so that a test can get a token that
   * lacks one.
   */
  readonly permissions?: readonly string[] | undefined;
  /**
   * Space-separated. Default: `openid profile email` for a persona, all its permissions for a
   * machine.
   */
  readonly scope?: string | undefined;
  /** Seconds from now. Default: the API's `tokenLifetime`. */
  readonly expiresIn?: number | undefined;
  /**
   * Additional claims, or replacements for configured ones. Standard claims such as `iss` cannot be
   * set here.
   */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  /**
   * A fault of this one token, regardless of the tenant's active faults: `"expired"`, or `{ name:
   * "expired", seconds: 60 }`.
   */
  readonly fault?: TokenFaultName | Fault | undefined;
}

/** A checked request; its fault has all defaults applied. */
export interface CheckedTokenRequest extends TokenRequest {
  readonly fault?: Fault | undefined;
}

/** A token response as OAuth writes it (RFC 6749 §5.1). */
export interface IssuedToken {
  readonly access_token: string;
  readonly token_type: "Bearer";
  /** Seconds. */
  readonly expires_in: number;
  readonly scope?: string | undefined;
}

/**
 * The provider sets these; a token that contradicts them would disagree with the tenant's other
 * endpoints.
 */
const RESERVED = ["iss", "sub", "aud", "iat", "exp", "jti", "client_id", "azp", "gty", "scope", "permissions"];

const schema = z.strictObject({
  as: z.string().optional(),
  client: z.string().optional(),
  audience: z.string().min(1, "must not be empty; use null for an opaque token").nullable().optional(),
  permissions: z.array(z.string()).optional(),
  scope: z.string().optional(),
  expiresIn: z.int().positive("must be a number of seconds above 0").optional(),
  claims: z
    .record(z.string(), z.unknown())
    .refine((claims) => !RESERVED.some((name) => name in claims), `must not set ${RESERVED.join(", ")}`)
    .optional(),
  fault: z.unknown().optional(),
});

/** Checks a token request; throws a {@link TenantError} that names each wrong field. */
export function parseTokenInput(input: unknown): CheckedTokenRequest {
  const result = schema.safeParse(input);
  if (!result.success) {
    const complaints = result.error.issues.map((issue) => toComplaint(issue, input, { whole: "the token request" }));
    throw new TenantError("invalid_request", complaints.join(" "));
  }
  const { fault, ...request } = result.data;
  if (fault === undefined) return request;
  if (request.audience === null) {
    const reason = "An opaque token (`audience` null) says nothing that could be wrong";
    throw new TenantError("invalid_request", `${reason}, so it takes no \`fault\`. Leave one of them out.`);
  }
  return { ...request, fault: parseTokenFault(fault, { root: input, path: ["fault"] }) };
}

/** Parses a JSON request body; an empty one requests the default token. */
export function parseTokenRequest(body: string): CheckedTokenRequest {
  if (body.trim() === "") return {};
  let input: unknown;
  try {
    input = parseJson(body);
  } catch (cause) {
    throw new TenantError("invalid_request", 'The body must be JSON such as {"as": "alice"}.', { cause });
  }
  return parseTokenInput(input);
}
