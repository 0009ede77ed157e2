// The gateway as a FastCGI authorizer, for Apache's mod_authnz_fcgi: CGI variables in; out comes
// what the client is told, or variables from which Apache sets the headers for the backend.
import type { Socket } from "node:net";
import type { Listener } from "../listening.js";
import type { ProxyRequest } from "../proxy/original-request.js";
import type { Answer } from "../server/answer.js";
import { createDoor } from "../server/door.js";
import { answerQuestion, type ServerParts } from "../server/server.js";
import { createFastCgiServer, type FastCgiAnswer } from "./server.js";

/** A server that does not listen yet. */
export function createAuthorizerServer(parts: ServerParts): Listener {
  const { limits } = parts.settings;
  const server = createFastCgiServer({
    // Apache adds about 1 KiB of its own variables to the client's headers.
    maxBytes: limits.headerBytes + 16_384,
    requestTimeout: limits.headersTimeout,
    maxConnections: limits.connections,
    answer: async (params) => toFastCgiAnswer(await answerQuestion(parts, parts.policy(), toProxyRequest(params))),
  });
  server.on("connection", createDoor(parts.settings));
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return Object.assign(server, {
    // A connection carries one question, so none is idle.
    closeIdleConnections: () => undefined,
    closeAllConnections: () => {
      for (const socket of open) socket.destroy();
    },
  });
}

/** The CGI variables (RFC 3875 §4.1) that say what the client asked for. */
const originals = [
  ["x-original-method", "REQUEST_METHOD"],
  ["x-original-uri", "REQUEST_URI"],
  ["x-original-host", "HTTP_HOST"],
  ["x-original-proto", "REQUEST_SCHEME"],
  ["x-original-address", "REMOTE_ADDR"],
] as const;

/**
 * Apache makes no variable of a header whose name has other characters than letters, digits and
 * hyphens, so `_` in a variable is a hyphen. What the client sent under the names of `originals` is
 * replaced, or removed where Apache says nothing.
 */
export function toProxyRequest(params: ReadonlyMap<string, string>): ProxyRequest {
  const headers: Record<string, string | undefined> = Object.create(null);
  for (const [name, value] of params) {
    if (name.startsWith("HTTP_")) headers[name.slice("HTTP_".length).toLowerCase().replaceAll("_", "-")] = value;
  }
  for (const [name, variable] of originals) headers[name] = params.get(variable);
  return { method: "GET", target: "", headers };
}

/** A 200 carries variables (FastCGI §6.3), a refusal is for the client as it is. */
export function toFastCgiAnswer({ status, headers, body }: Answer): FastCgiAnswer {
  if (status === 200) {
    const facts = headers.filter(([name, value]) => value !== "" && name.toLowerCase() !== "cache-control");
    return { status, headers: facts.map(([name, value]) => [toVariable(name), value] as const), body: "" };
  }
  // Apache calls the body of a refusal HTML. Its configuration corrects that from this header.
  const renamed = headers.map(
    ([name, value]) => [name === "content-type" ? "x-gatewarden-content-type" : name, value] as const,
  );
  return { status, headers: renamed, body };
}

function toVariable(name: string): string {
  return `Variable-${name.toUpperCase().replaceAll("-", "_")}`;
}
