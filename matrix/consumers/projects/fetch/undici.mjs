// undici's own `fetch` asks a real server for keys and about tokens.
import { once } from "node:events";
import { createServer } from "node:http";
import { createGuard } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { createTestIssuer } from "gatewarden/testing";
import { Agent, fetch } from "undici";

const test = createTestIssuer({ issuer: "http://127.0.0.1/" });
const server = createServer((request, response) => {
  const document = request.method === "POST" ? { active: true, iss: test.url, aud: test.audience } : test.jwks;
  response.setHeader("content-type", "application/json").end(JSON.stringify(document));
}).listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;

const dispatcher = new Agent();
const asked = (url, init) => fetch(url, { ...init, dispatcher });
const introspect = createIntrospectionClient({
  ...{ issuer: test.url, clientId: "api", auth: { clientSecret: "secret" }, endpoint: `${origin}/introspect` },
  fetch: asked,
});
const guard = createGuard({
  ...{ issuer: test.url, audience: test.audience, now: test.clock.now, keys: { jwksUri: `${origin}/keys` } },
  ...{ fetch, introspection: introspect },
});
const { subject } = await guard.verify(test.token());
const opaque = await introspect("opaque", { signal: AbortSignal.timeout(10_000) });
const stranger = createTestIssuer({ issuer: test.url });
const refused = await guard.verify(stranger.token()).catch(({ reason }) => reason);
console.log(subject, opaque.active, refused);
await dispatcher.close();
server.close();
server.closeAllConnections();
