// The name of an issuer, as a developer gives it. It must be a URL where keys are discovered from
// it; with configured keys it may be any name.
import { ConfigError } from "../errors.js";
import { isIssuerName, isSafeUrl } from "../issuer/url.js";
import {
  type IssuerSpellings,
  isOtherName,
  isPlaceholder,
  type NameSettings,
  requireExactIssuer,
} from "./environment-variables.js";
import type { KeysOptions } from "./keys-option-types.js";

const materials = ["jwksUri", "jwks", "publicKey", "secret"];

/** The option that configures the keys or their URL; undefined where they are discovered. */
export function findMaterial(keys: KeysOptions = {}): string | undefined {
  return materials.find((name) => name in keys);
}

/**
 * The spellings of the option `issuer`. A name that is not an https URL is compared exactly (RFC
 * 7519 §4.1.1 StringOrURI): AD FS' `http://…/adfs/services/trust`, `acme.com`, `urn:…`. Throws
 * `ConfigError`.
 */
export function toIssuerSpellings(text: string, { isApart, httpHosts }: NameSettings): IssuerSpellings {
  if (isApart && isOtherName(text, httpHosts)) return [text];
  if (!isSafeUrl(text, httpHosts) && isIssuerName(text) && !isPlaceholder(text)) throw toNameError(text);
  return requireExactIssuer(text, httpHosts);
}

/** The error for a name from which no keys can be discovered; it says what to add. */
export function toNameError(text: string): ConfigError {
  return new ConfigError({
    option: "issuer",
    problem:
      `is ${JSON.stringify(text)}: that is not an https URL (http only on this machine itself, or at a host that insecureHttpHosts lists), so ` +
      "no keys can be discovered from it. If tokens name it so, say where the keys are: `keys`, or a `discoveryUrl`",
    example: 'issuer: "https://acme.eu.auth0.com/"; or issuer: "urn:acme", keys: { jwksUri: "https://acme.com/jwks" }',
  });
}
