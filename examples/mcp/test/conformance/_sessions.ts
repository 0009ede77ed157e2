// Sessions as revision 2025-11-25 has them, with events that a client can ask for again.
import { randomUUID } from "node:crypto";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import {
  type EventStore,
  isInitializeRequest,
  type JSONRPCMessage,
  type McpServer,
} from "@modelcontextprotocol/server";
import type { RequestHandler } from "express";

/** One server and one transport per session. */
export function createSessions(createServer: () => McpServer): RequestHandler {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: createEventStore(),
      retryInterval: 500,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await createServer().connect(transport);
    return transport;
  };
  return async (request, response) => {
    const id = request.headers["mcp-session-id"];
    const isNew = id === undefined && isInitializeRequest(request.body);
    const transport = isNew ? await open() : sessions.get(`${id}`);
    if (transport) return transport.handleRequest(request, response, request.body);
    const error = { code: -32_001, message: "Session not found" };
    response.status(id === undefined ? 400 : 404).json({ jsonrpc: "2.0", error, id: null });
  };
}

function createEventStore(): EventStore {
  const events: { readonly id: string; readonly stream: string; readonly message: JSONRPCMessage }[] = [];
  return {
    storeEvent: async (stream, message) => {
      const id = `${events.length}`;
      events.push({ id, stream, message });
      return id;
    },
    replayEventsAfter: async (last, { send }) => {
      const index = Number(last);
      const stream = events[index]?.stream ?? "";
      for (const { id, message } of events.slice(index + 1).filter((event) => event.stream === stream)) {
        if (Object.keys(message).length > 0) await send(id, message);
      }
      return stream;
    },
  };
}
