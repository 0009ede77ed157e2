// The tools that the suite calls by name, except those that ask the client back (`_questions.ts`).
import { type CallToolResult, type ContentBlock, fromJsonSchema, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { image, toEmbedded, toText, wav } from "./_content.js";

/** What the tools do to the listeners of the newer revision (`subscriptions/listen`). */
export interface Notifier {
  readonly toolsChanged: () => void;
  readonly promptsChanged: () => void;
}

const contents: Readonly<Record<string, readonly ContentBlock[]>> = {
  test_simple_text: [toText("Plain text")],
  test_image_content: [image],
  test_audio_content: [{ type: "audio", data: wav, mimeType: "audio/wav" }],
  test_embedded_resource: [toEmbedded("test://embedded-resource", "An embedded resource")],
  test_multiple_content_types: [toText("Several kinds"), image, toEmbedded("test://mixed", "{}", "application/json")],
  test_streaming_elicitation: [toText("Nothing but a result")],
};

export const toolNames: readonly string[] = [
  ...Object.keys(contents),
  "test_error_handling",
  "json_schema_2020_12_tool",
  "test_x_mcp_header",
  "test_trigger_tool_change",
  "test_trigger_prompt_change",
  "test_tool_with_logging",
  "test_logging_tool",
  "test_tool_with_progress",
  "test_reconnection",
];

const answer = (text: string): CallToolResult => ({ content: [toText(text)] });

const noArguments = z.object({});

/** Keywords of JSON Schema 2020-12 that must reach the client as they are written here. */
const schema2020 = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
} as const;

const mirrored = {
  type: "object",
  properties: { region: { type: "string", "x-mcp-header": "Region" } },
} as const;

export function registerTools(server: McpServer, notifier: Notifier): void {
  for (const [name, content] of Object.entries(contents)) {
    server.registerTool(name, { description: name }, () => ({ content: [...content] }));
  }
  server.registerTool("test_error_handling", { description: "Fails" }, () => {
    throw new Error("This tool always fails");
  });
  registerNotifyingTools(server);
  const json = { description: "Keeps its schema", inputSchema: fromJsonSchema(schema2020) };
  server.registerTool("json_schema_2020_12_tool", json, () => answer("Called"));
  const header = { description: "Has a mirrored argument", inputSchema: fromJsonSchema(mirrored) };
  server.registerTool("test_x_mcp_header", header, () => answer("Called"));
  server.registerTool("test_trigger_tool_change", { description: "Publishes a change" }, () => {
    notifier.toolsChanged();
    return answer("Published");
  });
  server.registerTool("test_trigger_prompt_change", { description: "Publishes a change" }, () => {
    notifier.promptsChanged();
    return answer("Published");
  });
}

function registerNotifyingTools(server: McpServer): void {
  const config = { description: "Notifies before it answers", inputSchema: noArguments };
  server.registerTool("test_tool_with_logging", config, async (_input, { mcpReq }) => {
    for (const data of ["Started", "Working", "Done"]) {
      await mcpReq.notify({ method: "notifications/message", params: { level: "info", data } });
    }
    return answer("Logged");
  });
  server.registerTool("test_logging_tool", config, async (_input, { mcpReq }) => {
    await mcpReq.log("info", "Only for clients that asked for a level");
    return answer("Logged");
  });
  server.registerTool("test_tool_with_progress", config, async (_input, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    if (progressToken === undefined) return answer("No progress was asked for");
    for (const progress of [0, 50, 100]) {
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total: 100 } });
    }
    return answer("Reported");
  });
  server.registerTool("test_reconnection", config, async (_input, { http }) => {
    http?.closeSSE?.();
    return answer("Answered on the stream that the client opens next");
  });
}
