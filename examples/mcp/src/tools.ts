// The tools. Who may call which is said where the server is put together; here the caller is already known.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import type { Guard } from "gatewarden";
import { readAuth } from "gatewarden/mcp";

const reports = ["2025 annual", "2026 first quarter"];

/** An MCP server with two tools. */
export function createTools(guard: Guard): McpServer {
  const server = new McpServer({ name: "gatewarden-example", version: "0.1.0" });
  server.registerTool("whoami", { description: "Tells who is calling" }, (extra) => {
    const { subject, clientId, permissions } = readAuth(guard, extra);
    return toText({ subject, clientId, permissions });
  });
  server.registerTool("list_reports", { description: "Lists the reports; needs read:reports" }, () => toText(reports));
  return server;
}

function toText(value: unknown): CallToolResult {
  return { content: [{ type: "text", text: JSON.stringify(value) }] };
}
