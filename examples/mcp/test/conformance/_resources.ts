// The resources and prompts that the suite asks for by name.
import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server";
import { z } from "zod";
import { image, png, toEmbedded, toText } from "./_content.js";

const texts = { "static-text": "A text", "watched-resource": "A text that could change" };

export function registerResources(server: McpServer): void {
  for (const [name, text] of Object.entries(texts)) {
    const mimeType = "text/plain";
    server.registerResource(name, `test://${name}`, { description: name, mimeType }, ({ href }) => ({
      contents: [{ uri: href, mimeType, text }],
    }));
  }
  const binary = { description: "One pixel", mimeType: "image/png" };
  server.registerResource("static-binary", "test://static-binary", binary, ({ href }) => ({
    contents: [{ uri: href, mimeType: "image/png", blob: png }],
  }));
  const template = new ResourceTemplate("test://template/{id}/data", { list: undefined });
  server.registerResource("template", template, { description: "One per id" }, ({ href }, { id }) => ({
    contents: [{ uri: href, mimeType: "application/json", text: JSON.stringify({ id }) }],
  }));
  for (const method of ["resources/subscribe", "resources/unsubscribe"] as const) {
    server.server.setRequestHandler(method, () => ({}));
  }
}

export const promptNames: readonly string[] = [
  "test_simple_prompt",
  "test_prompt_with_arguments",
  "test_prompt_with_embedded_resource",
  "test_prompt_with_image",
  "test_input_required_result_prompt",
];

export function registerPrompts(server: McpServer): void {
  const user = "user" as const;
  server.registerPrompt("test_simple_prompt", { description: "Simple" }, () => ({
    messages: [{ role: user, content: toText("A prompt") }],
  }));
  const two = { description: "Has arguments", argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) };
  server.registerPrompt("test_prompt_with_arguments", two, ({ arg1, arg2 }) => ({
    messages: [{ role: user, content: toText(`${arg1} and ${arg2}`) }],
  }));
  const one = { description: "Embeds a resource", argsSchema: z.object({ resourceUri: z.string() }) };
  server.registerPrompt("test_prompt_with_embedded_resource", one, ({ resourceUri }) => ({
    messages: [{ role: user, content: toEmbedded(resourceUri, "An embedded resource") }],
  }));
  server.registerPrompt("test_prompt_with_image", { description: "Has an image" }, () => ({
    messages: [{ role: user, content: image }],
  }));
  server.server.setRequestHandler("completion/complete", () => ({ completion: { values: [], total: 0 } }));
  server.server.setRequestHandler("logging/setLevel", () => ({}));
}
