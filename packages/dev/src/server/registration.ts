// Dynamic client registration (RFC 7591), which MCP clients start with: only for this machine, and
// for logins that redirect to it.
import { parseJson } from "../json.js";
import { isLoopbackUrl } from "../loopback.js";
import { paths } from "../provider/paths.js";
import { loadBody, withJson } from "./body.js";
import { isFromOtherSite } from "./host-guard.js";
import type { Handler } from "./pipeline.js";
import { sendError } from "./respond.js";

export const registration: Handler = async (exchange, next) => {
  const { request, response, url } = exchange;
  if (request.method !== "POST" || url.pathname !== paths.registration) return next();
  // A website that registers itself would receive the codes of the user who is logged in here.
  if (isFromOtherSite(request)) {
    return sendError(response, 403, "access_denied", "Only pages of this machine may register clients.");
  }
  const metadata = parseMetadata(await loadBody(request));
  if (metadata === undefined) {
    return sendError(response, 400, "invalid_client_metadata", "The body must be a JSON object.");
  }
  if (!returnsHere(metadata["redirect_uris"])) {
    const advice = "Redirect addresses must be on this machine, such as http://localhost:5173/callback.";
    return sendError(response, 400, "invalid_redirect_uri", advice);
  }
  const logout = metadata["backchannel_logout_uri"];
  if (logout !== undefined && !(typeof logout === "string" && isLoopbackUrl(logout))) {
    const advice = "backchannel_logout_uri must be on this machine, such as http://localhost:3000/backchannel-logout.";
    return sendError(response, 400, "invalid_client_metadata", advice);
  }
  // The provider knows no API's scopes here; each login decides which ones a client may have (RFC
  // 7591 §2).
  const { scope: _scope, ...rest } = metadata;
  exchange.request = withJson(request, rest);
  return next();
};

function parseMetadata(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parseJson(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function returnsHere(uris: unknown): boolean {
  if (uris === undefined) return true;
  return Array.isArray(uris) && uris.every((uri) => typeof uri === "string" && isLoopbackUrl(uri));
}
