// What users give as `fetch`, under the types of whichever runtime the compiler is told of.
import { createGuard, type Fetch } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { createTestIssuer } from "gatewarden/testing";

const terms = { issuer: "https://issuer.test/", audience: "https://api.test" };
const client = { issuer: "https://issuer.test/", clientId: "api", auth: { clientSecret: "secret" } };

const traced: Fetch = async (url, init) => {
  const answer = await fetch(url, init);
  console.log(url, answer.status);
  return answer;
};

createGuard({ ...terms, fetch });
createGuard({ ...terms, fetch: globalThis.fetch });
createGuard({ ...terms, fetch: traced });
createGuard({ ...terms, fetch: (url, init) => fetch(url, { ...init, keepalive: true }) });
createGuard({ ...terms, fetch: async (url) => new Response(url) });
createGuard({ ...terms, fetch: async (input: string | URL | Request, init?: RequestInit) => fetch(input, init) });
createGuard({ ...terms, fetch: createTestIssuer().fetch });
createIntrospectionClient({ ...client, fetch });
createIntrospectionClient({ ...client, fetch: traced });

// @ts-expect-error what gives no answer is not one.
createGuard({ ...terms, fetch: async () => undefined });
// @ts-expect-error nor is what asks for more than a URL and what is sent.
createGuard({ ...terms, fetch: async (_url: string, _init: { readonly agent: string }) => new Response() });
