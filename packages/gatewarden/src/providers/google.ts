// Google: identity tokens, of users (Sign in with Google) and of service accounts (Cloud Run and
// its like). Access tokens are for Google alone.
import type { IssuerOptions } from "../configuration/options.js";
import { type Argument, type Arguments, audience, optional, requireArguments } from "./_arguments.js";

/** Whom identity tokens are for. */
export interface GoogleArguments {
  /** The OAuth client id that users log in with; between services, the URL of this one. */
  readonly audience: string | readonly string[];
  /**
   * The terms for tokens whose `iss` is `accounts.google.com`, without https://, as Google also
   * writes it. Default false.
   */
  readonly isSchemeless?: boolean;
}

const isSchemeless: Argument = {
  must: "true or false",
  isRight: (value) => typeof value === "boolean",
  example: "true",
};
const known: Arguments<GoogleArguments> = {
  audience: { ...audience, example: '"1234-abc.apps.googleusercontent.com"' },
  isSchemeless: optional(isSchemeless),
};

/**
 * The terms of Google's identity tokens. They grant nothing; the Workspace domain (`hd`) is the
 * organization. Throws `ConfigError`.
 */
export function google(given: GoogleArguments): IssuerOptions {
  requireArguments("google", given, known);
  const { audience, isSchemeless = false } = given;
  return {
    issuer: isSchemeless ? "accounts.google.com" : "https://accounts.google.com",
    audience,
    allowIdTokens: true,
    ...(isSchemeless && { keys: { jwksUri: "https://www.googleapis.com/oauth2/v3/certs" } }),
    claimNames: { organization: "hd" },
  };
}
