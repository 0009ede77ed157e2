// What this API publishes of itself (RFC 9728), from what the guard was configured with.
import { isSafeUrl } from "../issuer/url.js";
import { type PublishedMetadata, toPublishedMetadata } from "../request/metadata.js";
import type { GuardConfig } from "./configure.js";

/** Undefined unless `resource` is configured. Read each time: a base URL is settled by the issuer's own metadata. */
export function readMetadata({ policies, resource, binding, challenges }: GuardConfig): PublishedMetadata | undefined {
  if (!resource) return undefined;
  const { dpop } = challenges;
  return toPublishedMetadata(resource, {
    // Clients look for an authorization server's metadata at its name, so only a URL is of use to them (RFC 9728 §2, RFC 8414 §2).
    issuers: policies.all.map(({ issuer }) => issuer).filter((issuer) => isSafeUrl(issuer)),
    ...(binding.policy.modes.mtls === "required" && { certificateRequired: true }),
    ...(dpop && { dpop: { algorithms: dpop.algorithms.split(" "), required: dpop.mode === "required" } }),
  });
}
