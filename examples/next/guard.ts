// The guard of this application: bearer tokens in the Authorization header, or the session's cookie.
import { ConfigError, createGuard } from "gatewarden";

/** RESOURCE_URL: where clients reach this application. Next.js does not know it: its `request.url` names localhost. */
function readResourceUrl(): string {
  const url = process.env["RESOURCE_URL"]?.trim();
  if (url && URL.canParse(url)) return url;
  const problem = url ? "is not a URL" : "is not set";
  throw new ConfigError({ option: "RESOURCE_URL", problem, example: "RESOURCE_URL=https://app.example.com" });
}

/** The session's cookie: scripts cannot read it, and other sites' pages do not send it with a POST (CWE-352). */
export function readCookie() {
  const secure = readResourceUrl().startsWith("https:");
  // Browsers take a name that begins with `__Host-` over https, and keep other hosts from setting it.
  const name = secure ? "__Host-session" : "session";
  return { name, httpOnly: true, secure, sameSite: "lax", path: "/" } as const;
}

// As a function: `next build` loads this module without the server's environment.
export const guard = createGuard(() => ({
  dpop: { mode: "allowed" },
  // DPoP proofs must name this URL, and not the one that Next.js makes up.
  resource: readResourceUrl(),
  // With the cookie, a POST must come from a page of this application.
  tokenFrom: { cookie: readCookie().name, origins: [new URL(readResourceUrl()).origin] },
}));
