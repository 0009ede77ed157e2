// What stands behind the example's guard while the conformance suite runs: everything that the
// suite asks for by name, for both revisions of the protocol.
import { toNodeHandler, toWebRequest } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest, McpServer } from "@modelcontextprotocol/server";
import { permission } from "gatewarden";
import type { Service } from "../../src/app.js";
import { questionNames, registerQuestions } from "./_questions.js";
import { promptNames, registerPrompts, registerResources } from "./_resources.js";
import { registerRounds, roundNames, state } from "./_rounds.js";
import { createSessions } from "./_sessions.js";
import { type Notifier, registerTools, toolNames } from "./_tools.js";

/** What calling any of the tools, and getting any of the prompts, needs. */
export const toolPermission = "test:tools";

function createServer(notifier: Notifier): McpServer {
  const listChanged = { listChanged: true };
  const capabilities = {
    tools: listChanged,
    prompts: listChanged,
    resources: { ...listChanged, subscribe: true },
    logging: {},
    completions: {},
  };
  const server = new McpServer(
    { name: "gatewarden-conformance", version: "0.1.0" },
    { capabilities, requestState: { verify: state.verify } },
  );
  registerTools(server, notifier);
  registerQuestions(server);
  registerRounds(server);
  registerResources(server);
  registerPrompts(server);
  return server;
}

const needPermission = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, permission(toolPermission)]));

export const service: Service = {
  // Resources are not listed: what is not listed is refused with 403, and the suite asks for an
  // unknown resource to see the server's own error.
  requirements: {
    tools: needPermission([...toolNames, ...questionNames, ...roundNames]),
    prompts: needPermission(promptNames),
  },
  createHandler: () => {
    const notifier: Notifier = {
      toolsChanged: () => modern.notify.toolsChanged(),
      promptsChanged: () => modern.notify.promptsChanged(),
    };
    const modern = createMcpHandler(() => createServer(notifier));
    const handleModern = toNodeHandler(modern);
    const handleSession = createSessions(() => createServer(notifier));
    return async (request, response, next) => {
      const isLegacy = await isLegacyRequest(await toWebRequest(request, request.body ?? {}));
      if (isLegacy) await handleSession(request, response, next);
      else await handleModern(request, response, request.body);
    };
  },
};
