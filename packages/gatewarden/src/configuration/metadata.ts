// What this API publishes of itself (RFC 9728), from what the guard was configured with.
import { type PublishedMetadata, toPublishedMetadata } from "../request/metadata.js";
import type { GuardConfig } from "./configure.js";

/** Undefined unless `resource` is configured. Read each time: a base URL is settled by the issuer's own metadata. */
export function readMetadata({ policies, resource, binding, challenges }: GuardConfig): PublishedMetadata | undefined {
  if (!resource) return undefined;
  const { dpop } = challenges;
  return toPublishedMetadata(resource, {
    issuers: policies.all.map(({ issuer }) => issuer),
    ...(binding.policy.modes.mtls === "required" && { certificateRequired: true }),
    ...(dpop && { dpop: { algorithms: dpop.algorithms.split(" "), required: dpop.mode === "required" } }),
  });
}
