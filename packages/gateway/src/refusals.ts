// Why the gateway itself refuses, apart from what the guard says of a token. A row each: status and
// text on the wire. Nothing here comes from a request.

/** A row of the table. */
export interface RefusalRow {
  readonly status: number;
  readonly description: string;
}

const badRequest = (description: string): RefusalRow => ({ status: 400, description });
const forbidden = (description: string): RefusalRow => ({ status: 403, description });
const fault = (description: string): RefusalRow => ({ status: 500, description });

/** Every reason of the gateway. */
export const gatewayReasons = {
  proxy_header_missing: badRequest("The proxy did not say what the client asked for"),
  proxy_header_repeated: badRequest("The proxy said more than once what the client asked for"),
  proxy_header_malformed: badRequest("What the proxy said of the request is malformed"),
  method_malformed: badRequest("The method is malformed"),
  method_refused: badRequest("The method is not allowed"),
  method_overridden: badRequest("A header asks for another method than the request's own"),
  target_rewritten: badRequest("A header asks for another URL than the request's own"),
  target_malformed: badRequest("The URL is malformed"),
  target_too_long: badRequest("The URL is too long"),
  host_malformed: badRequest("The host is malformed"),
  path_character: badRequest("The path has a character that it must not have"),
  path_encoding: badRequest("The path has a malformed percent-encoding"),
  path_encoded_plain: badRequest("The path encodes a character that needs no encoding"),
  path_encoded_twice: badRequest("The path is encoded twice"),
  path_encoded_separator: badRequest("The path has an encoded separator"),
  path_control: badRequest("The path has a control character"),
  path_not_utf8: badRequest("The path is not UTF-8"),
  path_dot_segment: badRequest("The path has a dot segment"),
  path_empty_segment: badRequest("The path has an empty segment"),
  path_parameter: badRequest("The path has a parameter"),
  path_ambiguous: badRequest("The path could be read as another one"),
  body_refused: { status: 413, description: "The proxy must not send the body" },
  mcp_header_missing: badRequest("An MCP header is missing"),
  mcp_header_malformed: badRequest("An MCP header is malformed"),
  mcp_not_listed: forbidden("This operation is not allowed"),
  rule_missing: forbidden("No rule allows this request"),
  rule_denies: forbidden("A rule denies this request"),
  too_many_failures: { status: 429, description: "Too many access tokens from this address were refused" },
  identity_too_large: fault("The identity is too large for headers"),
  identity_failed: fault("The identity could not be passed on"),
  gateway_failed: fault("The request could not be checked"),
} as const satisfies Readonly<Record<string, RefusalRow>>;

/** The stable name of why the gateway refused. */
export type GatewayReason = keyof typeof gatewayReasons;

/** The gateway refuses. Carries no value of the request. */
export class GatewayRefusal extends Error {
  override readonly name = "GatewayRefusal";
  readonly reason: GatewayReason;
  /** Seconds until a retry makes sense. */
  readonly retryAfter: number | undefined;

  constructor(reason: GatewayReason, options: { readonly retryAfter?: number; readonly cause?: unknown } = {}) {
    super(gatewayReasons[reason].description, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return gatewayReasons[this.reason].status;
  }
}
