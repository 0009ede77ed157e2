// The last handler: hands the request to the provider, whichever instance is the current one.
import type Provider from "oidc-provider";
import type { Handler } from "./pipeline.js";

export function createProviderHandler(currentProvider: () => Provider): Handler {
  let provider: Provider | undefined;
  let callback: ReturnType<Provider["callback"]> | undefined;
  return async ({ request, response }) => {
    if (provider !== currentProvider() || callback === undefined) {
      provider = currentProvider();
      callback = provider.callback();
    }
    await callback(request, response);
  };
}
