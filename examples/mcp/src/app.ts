// An MCP server over Streamable HTTP, protected by gatewarden: one guard, its metadata, and one
// requirement per tool.
import { createMcpExpressApp } from "@modelcontextprotocol/express";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Express, RequestHandler } from "express";
import { createGuard, type Guard } from "gatewarden";
import { type McpRequirements, protect, serveMetadata } from "gatewarden/mcp";
import { createTools, requirements } from "./tools.js";

/** The environment, or what stands in for it in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the server offers, and what each part of it needs. */
export interface Service {
  readonly requirements: McpRequirements;
  readonly createHandler: (guard: Guard) => RequestHandler;
}

/** Where the server is, as clients write it. */
export function readMcpUrl(env: Environment): string {
  return env["MCP_URL"]?.trim() || "http://127.0.0.1:3001/mcp";
}

/** The whole server, not listening yet. Throws `ConfigError` for an impossible environment. */
export function buildApp(env: Environment, service: Service = { requirements, createHandler }): Express {
  const url = readMcpUrl(env);
  // MCP clients ask for a token for exactly this URL (RFC 8707), so it is the audience too.
  const resource = { url, name: "Gatewarden example MCP server" };
  // Tokens bound to a key (DPoP, SEP-1932) need their proof. Plain ones are accepted as well.
  const guard = createGuard({ audience: url, resource, dpop: { mode: "allowed" }, env });
  const { hostname, pathname } = new URL(url);
  const app = createMcpExpressApp({ host: hostname, allowedHosts: [hostname, "localhost", "127.0.0.1"] });
  app.use(serveMetadata(guard));
  app.use(pathname, protect(guard, service.requirements));
  app.all(pathname, service.createHandler(guard));
  return app;
}

/** Stateless: each request gets a server of its own, so no caller meets another one's state. */
function createHandler(guard: Guard): RequestHandler {
  const handle = toNodeHandler(createMcpHandler(() => createTools(guard)));
  return (request, response) => handle(request, response, request.body);
}
