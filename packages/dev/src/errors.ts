// The one error class of this package. Branch on `code`, never on the text.

/** What went wrong, for code; the message says it for people. */
export type TenantErrorCode =
  | "production"
  | "not_loopback"
  | "port_in_use"
  | "invalid_configuration"
  | "invalid_keys"
  | "invalid_request"
  | "no_tenant";

/** A reason why the tenant did not start, or could not do what it was asked for. */
export class TenantError extends Error {
  override readonly name = "TenantError";
  readonly code: TenantErrorCode;

  constructor(code: TenantErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
