// Tools that need several rounds: they answer with questions, and the client calls again with the
// answers (revision 2026-07-28, SEP-2322).
import { randomBytes } from "node:crypto";
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createRequestStateCodec,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  type PrimitiveSchemaDefinition,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { toText } from "./_content.js";

/** Seals what a client hands back between two rounds. The server is another one in each round. */
export const state = createRequestStateCodec<{ readonly round: number }>({ key: randomBytes(32) });

type Answer = CallToolResult | InputRequiredResult;
type Tool = (context: ServerContext) => Answer | Promise<Answer>;

const done = (text: string): CallToolResult => ({ content: [toText(text)] });

const elicit = (field: string, definition: PrimitiveSchemaDefinition = { type: "string" }) =>
  inputRequired.elicit({
    message: `Please give ${field}`,
    requestedSchema: { type: "object", properties: { [field]: definition }, required: [field] },
  });

const sample = () =>
  inputRequired.createMessage({ messages: [{ role: "user", content: toText("Say something") }], maxTokens: 50 });

const answersTo = ({ mcpReq }: ServerContext): Readonly<Record<string, unknown>> => mcpReq.inputResponses ?? {};

const readField = ({ mcpReq }: ServerContext, key: string, field: string): unknown =>
  acceptedContent<Record<string, unknown>>(mcpReq.inputResponses, key)?.[field];

/** Asks until each answer is there. */
function asks(questions: () => InputRequests, { isSealed = false } = {}): Tool {
  return async (context) => {
    const missing = Object.keys(questions()).some((key) => answersTo(context)[key] === undefined);
    if (!missing) return done("All answers are there");
    const requestState = isSealed ? { requestState: await state.mint({ round: 1 }) } : {};
    return inputRequired({ inputRequests: questions(), ...requestState });
  };
}

/** Asks until the person has accepted and given the field. */
const asksForName: Tool = (context) => {
  const name = readField(context, "user_name", "name");
  if (typeof name === "string") return done(`Hello ${name}`);
  return inputRequired({ inputRequests: { user_name: elicit("name") } });
};

const asksTwice: Tool = async (context) => {
  const round = context.mcpReq.requestState<{ readonly round: number }>()?.round ?? 0;
  if (round === 2) return done("Both rounds are over");
  const questions = round === 0 ? { step1: elicit("name") } : { step2: elicit("color") };
  return inputRequired({ inputRequests: questions, requestState: await state.mint({ round: round + 1 }) });
};

const confirms: Tool = async (context) => {
  const isKnown = context.mcpReq.requestState() !== undefined;
  if (isKnown && readField(context, "confirm", "ok") !== undefined) return done("state-ok");
  const requestState = await state.mint({ round: 1 });
  return inputRequired({ inputRequests: { confirm: elicit("ok", { type: "boolean" }) }, requestState });
};

/** What the client says of itself in each request. The SDK's types leave the member out. */
function readCapabilities({ mcpReq }: ServerContext): ClientCapabilities | undefined {
  return (mcpReq.envelope as Readonly<Record<string, ClientCapabilities>> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
}

const asksWhatIsPossible: Tool = (context) => {
  if (context.mcpReq.inputResponses !== undefined) return done("Answered");
  const declared = readCapabilities(context);
  const questions: InputRequests = {
    ...(declared?.elicitation && { user_name: elicit("name") }),
    ...(declared?.sampling && { greeting: sample() }),
  };
  return Object.keys(questions).length > 0 ? inputRequired({ inputRequests: questions }) : done("Nothing to ask");
};

const tools: Readonly<Record<string, Tool>> = {
  test_input_required_result_elicitation: asksForName,
  test_input_required_result_sampling: asks(() => ({ capital_question: sample() })),
  test_input_required_result_list_roots: asks(() => ({ client_roots: inputRequired.listRoots() })),
  test_input_required_result_request_state: confirms,
  test_input_required_result_multiple_inputs: asks(
    () => ({ user_name: elicit("name"), greeting: sample(), client_roots: inputRequired.listRoots() }),
    { isSealed: true },
  ),
  test_input_required_result_multi_round: asksTwice,
  test_input_required_result_tampered_state: confirms,
  test_input_required_result_capabilities: asksWhatIsPossible,
  test_missing_capability: asks(() => ({ answer: sample() })),
};

export const roundNames: readonly string[] = Object.keys(tools);

export function registerRounds(server: McpServer): void {
  for (const [name, tool] of Object.entries(tools)) server.registerTool(name, { description: name }, tool);
  server.registerPrompt("test_input_required_result_prompt", { description: "Asks first" }, async (context) => {
    const given = readField(context as ServerContext, "user_context", "context");
    if (typeof given !== "string") return inputRequired({ inputRequests: { user_context: elicit("context") } });
    return { messages: [{ role: "user", content: toText(given) }] };
  });
}
