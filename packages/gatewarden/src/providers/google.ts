// Google: identity tokens of users (Sign in with Google) and of service accounts (for example Cloud
// Run). Access tokens are only for Google.
import type { IssuerOptions } from "../configuration/options.js";
import { type Argument, type Arguments, audience, optional, requireArguments } from "./_arguments.js";

/** The audience of identity tokens. */
export interface GoogleArguments {
  /** The OAuth client id with which users log in. Between services, the URL of this one. */
  readonly audience: string | readonly string[];
  /**
   * For tokens whose `iss` is `accounts.google.com`, without https://, which Google also writes.
   * Default false.
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
 * The issuer options of Google's identity tokens. They grant nothing; the Workspace domain (`hd`)
 * is the organization. Throws `ConfigError`.
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
