// What users of Deno give as `fetch`. Only compiled, with Deno's own types.
import { createGuard, type Fetch } from "gatewarden";

const terms = { issuer: "https://issuer.test/", audience: "https://api.test" };
const client = Deno.createHttpClient({ caCerts: [] });

const traced: Fetch = async (url, init) => {
  const answer = await fetch(url, init);
  console.log(url, answer.status);
  return answer;
};

createGuard({ ...terms, fetch });
createGuard({ ...terms, fetch: globalThis.fetch });
createGuard({ ...terms, fetch: traced });
createGuard({ ...terms, fetch: (url, init) => fetch(url, { ...init, client }) });
createGuard({ ...terms, fetch: async (input: string | URL | Request, init?: RequestInit) => fetch(input, init) });
// @ts-expect-error what gives no answer is not one.
createGuard({ ...terms, fetch: async () => undefined });
