// The error of a token that could not be checked, in the form that error handlers recognise.
import { toDefaultRefusal } from "../../guard/key-guard.js";
import { AuthError } from "../../index.js";

/**
 * Tokens cannot be checked at the moment (503). With `expose` it has the form of http-errors, which
 * Nest and Koa look for; they answer any other error with 500.
 */
export class UnavailableError extends AuthError {
  readonly expose = true;

  constructor(error: AuthError) {
    super(error.reason, { cause: error, ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }) });
    // Sets `headers`, which error handlers send.
    toDefaultRefusal(this);
  }
}
