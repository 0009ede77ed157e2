// Where the docs page sends people to log in. Read from the issuer's metadata when the page is first opened, so that the API starts
// while the issuer is down; until the issuer answers, Auth0's own paths are assumed.
import { z } from "zod";

/** The two endpoints of the authorization code flow. */
export interface LoginEndpoints {
  readonly authorization: string;
  readonly token: string;
}

/** The endpoints as known so far. */
export interface EndpointSource {
  readonly current: LoginEndpoints;
  /** Asks the issuer, unless it has answered before. Never rejects. */
  discover(): Promise<void>;
}

const webUrl = z.url({ protocol: /^https?$/ });
const metadata = z.object({ authorization_endpoint: webUrl, token_endpoint: webUrl });
const timeoutMs = 2_000;

/** Creates the source for an issuer, given with its last slash. */
export function createEndpointSource(issuer: string): EndpointSource {
  let current: LoginEndpoints = { authorization: `${issuer}authorize`, token: `${issuer}oauth/token` };
  let isDiscovered = false;
  return {
    get current() {
      return current;
    },
    discover: async () => {
      const found = isDiscovered ? undefined : await fetchEndpoints(issuer);
      if (found === undefined) return;
      current = found;
      isDiscovered = true;
    },
  };
}

async function fetchEndpoints(issuer: string): Promise<LoginEndpoints | undefined> {
  try {
    const url = `${issuer}.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const { authorization_endpoint, token_endpoint } = metadata.parse(await response.json());
    return { authorization: authorization_endpoint, token: token_endpoint };
  } catch {
    return undefined;
  }
}
