// The last handler: passes the request to the current provider instance.
import type Provider from "oidc-provider";
import { metadataPaths, paths } from "../provider/paths.js";
import type { Handler } from "./pipeline.js";
import { sendError } from "./respond.js";

const exactPaths: ReadonlySet<string> = new Set([...Object.values(paths), ...metadataPaths]);

export function createProviderHandler(currentProvider: () => Provider): Handler {
  let provider: Provider | undefined;
  let callback: ReturnType<Provider["callback"]> | undefined;
  return async ({ request, response, url }) => {
    if (isOtherSpelling(url.pathname)) {
      return sendError(response, 404, "not_found", "Paths are case-sensitive and end without a slash.");
    }
    if (provider !== currentProvider() || callback === undefined) {
      provider = currentProvider();
      callback = provider.callback();
    }
    await callback(request, response);
  };
}

/**
 * The provider's router ignores case and a trailing slash. The handlers before it do not, so such a
 * path would bypass them (CWE-178).
 */
function isOtherSpelling(pathname: string): boolean {
  return !exactPaths.has(pathname) && exactPaths.has(pathname.toLowerCase().replace(/\/$/, ""));
}
