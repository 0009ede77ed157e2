import { createServer } from "node:http";
import { createSecureServer, type Http2ServerResponse } from "node:http2";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/node";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
createServer(protect(guard, permission("read:admin"), (_request, response, auth) => response.end(auth.subject ?? "")));
createSecureServer(
  {},
  protect(guard, (_request, response: Http2ServerResponse, auth) => response.end(auth.subject ?? "")),
);
