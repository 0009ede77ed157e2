// Firebase Authentication (Google Cloud Identity Platform): clients send the ID token to their own
// backend.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, requireArguments, text } from "./_arguments.js";

/** A Firebase project. */
export interface FirebaseArguments {
  /** The project's id, not its number. */
  readonly projectId: string;
}

const known: Arguments<FirebaseArguments> = {
  projectId: text(/^[a-z][a-z\d-]{4,28}[a-z\d]$/, "the project's id (not its name or number)", '"acme-prod"'),
};

/**
 * The issuer options of a Firebase project. Custom claims can grant permissions; the tenant
 * (`firebase.tenant`) is the organization. Throws `ConfigError`.
 */
export function firebase(given: FirebaseArguments): IssuerOptions {
  requireArguments("firebase", given, known);
  return {
    issuer: `https://securetoken.google.com/${given.projectId}`,
    audience: given.projectId,
    allowIdTokens: true,
    claimNames: { organization: ["firebase", "tenant"] },
  };
}
