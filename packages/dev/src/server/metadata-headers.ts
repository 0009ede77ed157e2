// Makes keys and metadata cacheable, with the same header as Auth0.
import { metadataPaths, paths } from "../provider/paths.js";
import type { Handler } from "./pipeline.js";

const CACHEABLE: ReadonlySet<string> = new Set([paths.jwks, ...metadataPaths]);

export const metadataHeaders: Handler = async ({ response, url }, next) => {
  if (CACHEABLE.has(url.pathname)) {
    response.setHeader("cache-control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400");
  }
  return next();
};
