// The only error class of this package. Branch on `code`, never on the message.

/** What went wrong, for code; the message is for people. */
export type TenantErrorCode =
  | "production"
  | "not_loopback"
  | "port_in_use"
  | "invalid_configuration"
  | "invalid_keys"
  | "invalid_request"
  | "no_tenant";

/** Why the tenant did not start, or could not do what was requested. */
export class TenantError extends Error {
  override readonly name = "TenantError";
  readonly code: TenantErrorCode;

  constructor(code: TenantErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
