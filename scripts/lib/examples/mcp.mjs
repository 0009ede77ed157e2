// An MCP server, asked over Streamable HTTP: JSON-RPC, without a session. A tool stands for an operation.
import { readAnswer, toHeaders } from "./answer.mjs";

/** @typedef {import("./answer.mjs").Driver} Driver */
/** @typedef {import("./answer.mjs").Operation} Operation */

const metadata = "/.well-known/oauth-protected-resource/mcp";

/** A client without a token can reach only the metadata (RFC 9728). @type {Readonly<Record<Operation, string | undefined>>} */
const tools = { public: undefined, private: "whoami", admin: "read_admin", user: "whoami" };

/** Tools: `tools/call whoami`. @type {Driver} */
export const mcp = {
  name: (operation) => (tools[operation] ? `tools/call ${tools[operation]}` : "GET metadata"),
  ask: async ({ url, operation, token }) => {
    const tool = tools[operation];
    if (tool === undefined) return readAnswer(await fetch(url + metadata, { headers: toHeaders(token) }));
    const headers = { ...contentHeaders, ...toHeaders(token) };
    const response = await fetch(`${url}/mcp`, { method: "POST", headers, body: toCall(tool) });
    return readAnswer(await readEvent(response), readResult);
  },
  command: ({ url, operation, token }) => {
    const tool = tools[operation];
    if (tool === undefined) return `curl -i ${url}${metadata}`;
    const headers = { ...toHeaders(token), ...contentHeaders };
    const options = Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}"`);
    return `curl -i ${url}/mcp ${options.join(" ")} -d '${toCall(tool)}'`;
  },
  preflight: undefined,
  answers: {
    public: { resource_name: "Gatewarden example MCP server" },
    private: { subject: "auth0|alice" },
    admin: { message: "Admin tool" },
    user: { subject: "auth0|alice", clientId: "spa", permissions: ["read:admin", "read:reports"] },
  },
};

const contentHeaders = { "content-type": "application/json", accept: "application/json, text/event-stream" };

/** @param {string} name */
const toCall = (name) => JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name } });

/**
 * The server may answer with one event of a stream instead of JSON.
 * @param {Response} response
 */
async function readEvent(response) {
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1];
  return new Response(data ?? text, { status: response.status, headers: response.headers });
}

/** @param {any} json What the tool answered, or a refusal. */
function readResult(json) {
  const text = json?.result?.content?.[0]?.text;
  return { body: text === undefined ? json : JSON.parse(text), reason: json?.reason ?? json?.error?.data?.reason };
}
