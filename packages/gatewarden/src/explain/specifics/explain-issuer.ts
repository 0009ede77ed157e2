// Details about a token whose issuer or key is not the expected one.
import type { AuthError } from "../../errors.js";
import { type DifferenceKind, findNearest } from "../difference.js";
import { quote } from "../redact.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";

/** Names a small difference exactly, otherwise both issuers. */
export function explainIssuer(
  { details: { expected, actual } }: AuthError,
  { issuers = [], provider, ...facts }: RefusalFacts,
): Specific | undefined {
  if (typeof actual !== "string") return undefined;
  // If all tenants of a provider sign with the same keys, a matching key does not make a foreign
  // token ours (CWE-346).
  const isSignedHere = facts.isSignedHere && !provider?.sharesKeys;
  const trusted = expected ?? issuers;
  const near = findNearest(trusted, actual);
  const signed = isSignedHere
    ? { detail: "A key of the configured issuer signed it all the same, so it is that one's token." }
    : {};
  if (near) {
    return {
      ...signed,
      cause: `The token says ${quote(actual)}, the configuration says ${quote(near.expected)}: only ${near.what} differs.`,
      // Another host with the same path: for a known provider, its own advice is more precise.
      ...(near.kind === "host" && !isSignedHere && provider?.name ? {} : toFix(near.kind, actual, isSignedHere)),
    };
  }
  if (isSignedHere) return { ...signed, fix: `Configure the issuer exactly as tokens name it: ${quote(actual)}.` };
  const [only, ...others] = [trusted].flat();
  if (typeof only !== "string" || others.length > 0) return undefined;
  return { detail: `The token's issuer is ${quote(actual)}; this API trusts ${quote(only)}.` };
}

/**
 * A spelling is corrected here, another tenant or region at the login, a container's name with
 * `discoveryUrl`.
 */
function toFix(kind: DifferenceKind, actual: string, isSignedHere = false): Specific {
  if (kind === "host" && !isSignedHere) {
    // The same path at a host of the attacker's choice: a token is no reason to trust the issuer
    // that it names.
    return {
      fix: "Take the issuer's name from the provider's own pages, not from the token. If this API only reaches that provider under another name, keep the one that tokens carry, and set `discoveryUrl`, with `insecureHttpHosts` where that is plain http.",
    };
  }
  if (kind === "host") {
    return {
      fix: `Keep ${quote(actual)} as \`issuer\`, and set \`discoveryUrl\` where this API reaches it under another name, with \`insecureHttpHosts\` where that is plain http.`,
    };
  }
  if ((kind === "tenant" || kind === "region") && !isSignedHere) return {};
  // A look-alike name may be an attacker's: never advise trusting an issuer because a token names
  // it.
  if (kind === "typo" && !isSignedHere) {
    return { fix: "One of both is misspelt: take the right one from the provider's own pages, not from the token." };
  }
  return { fix: `Configure the issuer exactly as tokens name it: ${quote(actual)}.` };
}

/** Which keys were searched, and which issuer the token names. */
export function explainUnknownKey(
  _error: AuthError,
  { header, claims, policy, isTrusted }: RefusalFacts,
): Specific | undefined {
  if (policy === undefined || header?.kid === undefined) return undefined;
  const keys = `kid ${quote(header.kid)} is not in the keys of ${quote(policy.issuer)}`;
  if (isTrusted === false) {
    return {
      cause: `${keys}; the token's issuer is ${quote(claims?.["iss"])}.`,
      fix: "Log in at the tenant that this API is configured for, or configure the API for the token's.",
    };
  }
  return { detail: `${keys}, which the token names as its issuer.` };
}
