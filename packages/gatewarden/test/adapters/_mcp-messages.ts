// Messages to an MCP server, and its answers in either form.
import { token } from "../support/keys.js";

/** A JSON object that was sent. */
export type Sent = Readonly<Record<string, unknown>>;

export const ask = (method: string, params: object = {}, id: number | string = 1) => ({
  ...{ jsonrpc: "2.0", id, method },
  params,
});

export const call = (name: unknown, id: number | string = 1) => ask("tools/call", { name, arguments: {} }, id);

/** A request of revision 2026-07-28, with its headers. */
export function modern(method: string, params: Sent = {}): [message: object, headers: Record<string, string>] {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const name = params["name"] ?? params["uri"];
  return [
    ask(method, { ...params, _meta: meta }),
    {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": method,
      ...(typeof name === "string" && { "mcp-name": name }),
    },
  ];
}

/** Posts a message with a token of these claims. Undefined removes a header. */
export function send(
  url: string,
  message: unknown,
  claims: object = {},
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  const usual = {
    accept: "application/json, text/event-stream",
    authorization: `Bearer ${token(claims as Sent)}`,
    "content-type": "application/json",
  };
  const sent = Object.entries({ ...usual, ...headers }).filter(([, value]) => value !== undefined);
  return fetch(url, { method: "POST", headers: sent as [string, string][], body: JSON.stringify(message) });
}

/** The messages of an answer, in JSON or as server-sent events. */
export async function readAnswer(response: Response): Promise<readonly Sent[]> {
  const text = await response.text();
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  const parts = isStream ? [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => data ?? "") : [text];
  return parts.flatMap((part) => JSON.parse(part));
}
