// CORS headers of refusals: without them a page in a browser sees a network error instead of the
// status and the challenge (Fetch §3.3). The upstream answers allowed requests and preflights.
import type { CorsData } from "../rules/schema.js";

/** Which pages may read refusals. */
export interface Cors {
  /** Undefined: every page. */
  readonly origins: ReadonlySet<string> | undefined;
  readonly credentials: boolean;
}

/** Throws `TypeError`. */
export function requireCors(data: CorsData | undefined): Cors | undefined {
  if (data === undefined) return undefined;
  const { origins, credentials = false } = data;
  const wrong = origins.find((origin) => origin !== "*" && !isOrigin(origin));
  if (wrong !== undefined)
    throw new TypeError(`"cors.origins" holds "${wrong}", which is not an origin such as https://app.example.com`);
  // Browsers ignore `*` beside credentials (Fetch §3.3.5).
  if (origins.includes("*") && credentials) throw new TypeError('"cors.credentials" needs named origins, not "*"');
  return { origins: origins.includes("*") ? undefined : new Set(origins), credentials };
}

/** As browsers write it: scheme, host, and a port that is not the default. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const exposed = ["access-control-expose-headers", "WWW-Authenticate, Retry-After, DPoP-Nonce"] as const;

/** The headers for the page that asked. */
export function toCorsHeaders(
  cors: Cors | undefined,
  origin: string | undefined,
): readonly (readonly [name: string, value: string])[] {
  if (cors === undefined) return [];
  if (cors.origins === undefined) return [["access-control-allow-origin", "*"], exposed];
  if (origin === undefined || !cors.origins.has(origin)) return [["vary", "Origin"]];
  const credentials = cors.credentials ? [["access-control-allow-credentials", "true"] as const] : [];
  return [["access-control-allow-origin", origin], ["vary", "Origin"], exposed, ...credentials];
}
