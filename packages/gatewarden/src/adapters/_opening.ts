// The request that opened a session. Later tokens of the session are checked against it.
import type { Connection, GuardRequest, RequestHeaders } from "../index.js";
import { type NodeRequest, toConnection, toLaterRequest } from "./_node.js";

/** What opened a connection. A later token is checked as if it had been sent with it. */
export interface Opening {
  /** Whether the opening token came with a DPoP proof. */
  readonly isProven: boolean;
  readonly toRequest: (token: string) => GuardRequest;
}

/**
 * Reads it while the request's socket is open: with polling, that socket closes before the session
 * ends.
 */
export function toOpening(request: NodeRequest): Opening {
  const { isEncrypted, address, certificate } = toConnection(request);
  const connection: Connection = { isEncrypted, address, certificate };
  return {
    isProven: isDpop(request.headers.authorization),
    toRequest: (token) => ({ ...toLaterRequest(request, `Bearer ${token}`), connection }),
  };
}

/** As above, for a long-running answer. Its request may come from any runtime. */
export function toOpeningOf(request: GuardRequest): Opening {
  const { method, url, headers, connection } = request;
  const read = (name: string) => (isFetchHeaders(headers) ? headers.get(name) : headers[name]);
  const toHeaders = (authorization: string): RequestHeaders =>
    isFetchHeaders(headers)
      ? { get: (name) => (name === "authorization" ? authorization : name === "dpop" ? null : headers.get(name)) }
      : { ...headers, authorization, dpop: undefined };
  return {
    isProven: isDpop(read("authorization")),
    toRequest: (token) => ({
      ...{ method, url, headers: toHeaders(`Bearer ${token}`), overSocket: "message" },
      ...(connection && { connection }),
    }),
  };
}

function isFetchHeaders(headers: RequestHeaders): headers is Pick<Headers, "get"> {
  return typeof headers["get"] === "function";
}

function isDpop(authorization: unknown): boolean {
  return typeof authorization === "string" && /^dpop /i.test(authorization);
}
