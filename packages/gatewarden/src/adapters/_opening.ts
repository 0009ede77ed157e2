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

/**
 * As above, for a long-running answer. Its request may come from any runtime, with headers in any
 * case.
 */
export function toOpeningOf(request: GuardRequest): Opening {
  const { method, url, headers, connection } = request;
  const { credentials, toHeaders } = isFetchHeaders(headers) ? readFetchHeaders(headers) : readRecord(headers);
  return {
    isProven: credentials.some(isDpop),
    toRequest: (token) => ({
      ...{ method, url, headers: toHeaders(`Bearer ${token}`), overSocket: "message" },
      ...(connection && { connection }),
    }),
  };
}

/** Headers of which only the credentials change. */
interface OpeningHeaders {
  readonly credentials: readonly unknown[];
  readonly toHeaders: (authorization: string) => RequestHeaders;
}

type FetchHeaders = Pick<Headers, "get">;

function readFetchHeaders(headers: FetchHeaders): OpeningHeaders {
  return {
    credentials: [headers.get("authorization")],
    toHeaders: (authorization) => ({
      get: (name) => (name === "authorization" ? authorization : name === "dpop" ? null : headers.get(name)),
    }),
  };
}

function readRecord(headers: Exclude<RequestHeaders, FetchHeaders>): OpeningHeaders {
  const sent = Object.entries(headers);
  const others = sent.filter(([name]) => !/^(authorization|dpop)$/i.test(name));
  return {
    credentials: sent.filter(([name]) => /^authorization$/i.test(name)).flatMap(([, value]) => value),
    toHeaders: (authorization) => ({ ...Object.fromEntries(others), authorization }),
  };
}

function isFetchHeaders(headers: RequestHeaders): headers is FetchHeaders {
  return typeof headers["get"] === "function";
}

function isDpop(authorization: unknown): boolean {
  return typeof authorization === "string" && /^dpop /i.test(authorization);
}
