// The tools, and what calling each of them needs.
import { type CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { any, type Guard, permission, scope } from "gatewarden";
import { type McpRequirements, readAuth } from "gatewarden/mcp";

/** Some issuers say what a caller may do by permissions (RBAC), others by scopes. */
const granted = (name: string) => any(permission(name), scope(name));

/** `true` needs a valid token and nothing else. A tool that is not listed here cannot be called. */
export const requirements: McpRequirements = {
  tools: { whoami: true, list_reports: granted("read:reports"), read_admin: granted("read:admin") },
};

const reports = ["2025 annual", "2026 first quarter"];

/** An MCP server with three tools. The caller's token has passed the guard already. */
export function createTools(guard: Guard): McpServer {
  const server = new McpServer({ name: "gatewarden-example", version: "0.1.0" });
  server.registerTool("whoami", { description: "Tells who is calling" }, (context) => {
    const { subject, clientId, permissions } = readAuth(guard, context);
    return toText({ subject, clientId, permissions });
  });
  server.registerTool("list_reports", { description: "Lists the reports; needs read:reports" }, () => toText(reports));
  server.registerTool("read_admin", { description: "Answers administrators; needs read:admin" }, () =>
    toText({ message: "Admin tool" }),
  );
  return server;
}

function toText(value: unknown): CallToolResult {
  return { content: [{ type: "text", text: JSON.stringify(value) }] };
}
