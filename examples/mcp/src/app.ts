// An MCP server over Streamable HTTP, protected by gatewarden. Everybody with a token may call `whoami`; `list_reports` needs a permission.
import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Express, RequestHandler } from "express";
import { createGuard, type Guard, permission } from "gatewarden";
import { protect, serveMetadata } from "gatewarden/mcp";
import { createTools } from "./tools.js";

/** The environment, or what stands in for it in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the server is, as clients write it. */
export function readMcpUrl(env: Environment): string {
  return env["MCP_URL"]?.trim() || "http://127.0.0.1:3001/mcp";
}

/** The whole server, not listening yet. Throws `ConfigError` for an environment that cannot be right. */
export function buildApp(env: Environment): Express {
  const url = readMcpUrl(env);
  // MCP clients ask for a token for exactly this URL (RFC 8707), so it is the audience too.
  const guard = createGuard({ audience: url, resource: { url, name: "Gatewarden example MCP server" }, env });
  const { hostname, pathname } = new URL(url);
  const app = createMcpExpressApp({ allowedHosts: [hostname, "localhost", "127.0.0.1"] });
  app.use(serveMetadata(guard));
  app.use(pathname, protect(guard, { tools: { whoami: true, list_reports: permission("read:reports") } }));
  app.post(pathname, createHandler(guard));
  // Without sessions there is no stream to listen to and none to delete (MCP, Streamable HTTP).
  app.all(pathname, (_request, response) => void response.set("Allow", "POST").sendStatus(405));
  return app;
}

/** Stateless: each request gets a server of its own, so nothing of one caller is there for the next. */
function createHandler(guard: Guard): RequestHandler {
  return async (request, response) => {
    const server = createTools(guard);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    response.on("close", () => void server.close());
    await server.connect(transport);
    await transport.handleRequest(request, response, request.body);
  };
}
