// Issuer and audience once more, for the docs page: the guard has checked them by now, so here they are only read.
import type { Environment } from "../settings.js";

/** The issuer's address with its last slash. */
export function readIssuerUrl(env: Environment): string {
  const text = (env["AUTH0_DOMAIN"] ?? env["ISSUER_BASE_URL"] ?? "").trim();
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(text);
  const url = text.includes("://") ? text : `${isLocal ? "http" : "https"}://${text}`;
  return url.endsWith("/") ? url : `${url}/`;
}

/** This API's identifier at the issuer. */
export function readAudience(env: Environment): string {
  return (env["AUTH0_AUDIENCE"] ?? env["AUDIENCE"] ?? "").trim();
}
