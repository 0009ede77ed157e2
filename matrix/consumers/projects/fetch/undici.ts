// undici's own `fetch`, whose types are not those of Node.js.
import { createGuard } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { Agent, fetch } from "undici";

const terms = { issuer: "https://issuer.test/", audience: "https://api.test" };
const client = { issuer: "https://issuer.test/", clientId: "api", auth: { clientSecret: "secret" } };
const dispatcher = new Agent({ connect: { timeout: 1000 } });

createGuard({ ...terms, fetch });
createGuard({ ...terms, fetch: (url, init) => fetch(url, { ...init, dispatcher }) });
createIntrospectionClient({ ...client, fetch });
createIntrospectionClient({ ...client, fetch: (url, init) => fetch(url, { ...init, dispatcher }) });
