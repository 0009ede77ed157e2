// Tools that ask the client back while they run, by requests of the server (revision 2025-11-25).
import type {
  CallToolResult,
  McpServer,
  PrimitiveSchemaDefinition,
  RequestOptions,
  ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { toText } from "./_content.js";

const two = [
  { const: "one", title: "The first" },
  { const: "two", title: "The second" },
];
const options = ["one", "two"];

/** The forms that the suite expects, by tool: defaults of each type, and each kind of choice. */
const forms: Readonly<Record<string, Readonly<Record<string, PrimitiveSchemaDefinition>>>> = {
  test_elicitation_sep1034_defaults: {
    name: { type: "string", default: "John Doe" },
    age: { type: "integer", default: 30 },
    score: { type: "number", default: 95.5 },
    status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
    verified: { type: "boolean", default: true },
  },
  test_elicitation_sep1330_enums: {
    untitledSingle: { type: "string", enum: options },
    titledSingle: { type: "string", oneOf: two },
    legacyEnum: { type: "string", enum: options, enumNames: ["The first", "The second"] },
    untitledMulti: { type: "array", items: { type: "string", enum: options } },
    titledMulti: { type: "array", items: { anyOf: two } },
  },
};

export const questionNames: readonly string[] = [...Object.keys(forms), "test_elicitation", "test_sampling"];

/** On the stream of the call: the client's other stream may not be open yet. */
const here = ({ mcpReq }: ServerContext): RequestOptions => ({ relatedRequestId: mcpReq.id });

const answer = (value: unknown): CallToolResult => ({ content: [toText(JSON.stringify(value))] });

export function registerQuestions(server: McpServer): void {
  for (const [name, properties] of Object.entries(forms)) {
    server.registerTool(name, { description: "Asks for a form" }, async (context) => {
      const requestedSchema = { type: "object" as const, properties: { ...properties }, required: [] };
      return answer(await context.mcpReq.elicitInput({ message: "Please fill in", requestedSchema }, here(context)));
    });
  }
  const message = { description: "Asks a person", inputSchema: z.object({ message: z.string() }) };
  server.registerTool("test_elicitation", message, async (input, context) => {
    const properties = { response: { type: "string" as const } };
    const requestedSchema = { type: "object" as const, properties, required: ["response"] };
    return answer(await context.mcpReq.elicitInput({ message: input.message, requestedSchema }, here(context)));
  });
  const prompt = { description: "Asks a model", inputSchema: z.object({ prompt: z.string() }) };
  server.registerTool("test_sampling", prompt, async (input, context) => {
    const messages = [{ role: "user" as const, content: toText(input.prompt) }];
    return answer(await context.mcpReq.requestSampling({ messages, maxTokens: 50 }, here(context)));
  });
}
