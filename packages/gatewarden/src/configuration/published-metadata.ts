// The metadata that this API publishes (RFC 9728), from the guard's configuration.
import { isSafeUrl } from "../issuer/url.js";
import { type PublishedMetadata, toPublishedMetadata } from "../request/metadata.js";
import type { GuardConfig } from "./configure.js";

/**
 * Undefined unless `resource` is configured. Read each time: the issuer's metadata may still decide
 * the spelling of a base URL.
 */
export function readMetadata({ policies, resource, binding, challenges }: GuardConfig): PublishedMetadata | undefined {
  if (!resource) return undefined;
  const { dpop } = challenges;
  return toPublishedMetadata(resource, {
    // Clients derive the URL of an authorization server's metadata from its name, so other names
    // are left out (RFC 9728 §2, RFC 8414 §2).
    issuers: policies.all.map(({ issuer }) => issuer).filter((issuer) => isSafeUrl(issuer)),
    ...(binding.policy.modes.mtls === "required" && { certificateRequired: true }),
    ...(dpop && { dpop: { algorithms: dpop.algorithms.split(" "), required: dpop.mode === "required" } }),
  });
}
