// The gateway's answer → Envoy's CheckResponse.
import { type IdentityNames, listProtectedHeaders } from "../identity/names.js";
import type { SentHeaders } from "../proxy/headers.js";
import type { Answer } from "../server/answer.js";
import type { CheckResponse, SetHeader } from "./messages.js";

/** What an answer needs besides itself. */
export interface Responding {
  readonly identity: IdentityNames;
  /** What the client sent; undefined where that cannot be read. */
  readonly sent: SentHeaders | undefined;
}

// Codes of gRPC (google/rpc/code.proto). Envoy looks at 0 or not 0.
const ok = 0;
const permissionDenied = 7;
const unauthenticated = 16;
/** `OVERWRITE_IF_EXISTS_OR_ADD` of `HeaderValueOption`. */
const overwrite = 2;

/** Identity headers replace every one that the client sent, in any spelling. */
export function toCheckResponse(answer: Answer, { identity, sent }: Responding): CheckResponse {
  const { status, body } = answer;
  if (status !== 200) {
    const code = status === 401 ? unauthenticated : permissionDenied;
    const headers = answer.headers.map(toSetHeader);
    return { status: { code }, denied_response: { status: { code: status }, headers, body } };
  }
  const own = new Set(listProtectedHeaders(identity));
  const isForUpstream = (name: string) => own.has(name) || name === "authorization";
  const headers = answer.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const upstream = headers.filter(([name]) => isForUpstream(name));
  const client = headers.filter(([name]) => !isForUpstream(name) && name !== "cache-control");
  return {
    status: { code: ok },
    ok_response: {
      headers: upstream.filter(([, value]) => value !== "").map(toSetHeader),
      headers_to_remove: [
        ...upstream.filter(([, value]) => value === "").map(([name]) => name),
        ...findOtherSpellings(own, sent),
      ],
      response_headers_to_add: client.map(toSetHeader),
    },
  };
}

/**
 * Envoy takes the older field where it is present, and appends where neither says otherwise
 * (source/extensions/filters/common/ext_authz/ext_authz_grpc_impl.cc).
 */
function toSetHeader([key, value]: readonly [string, string]): SetHeader {
  return { header: { key, value }, append: { value: false }, append_action: overwrite };
}

/** CGI, WSGI and PHP read every separator as `_` (GHSA-f59h-q822-g45g). */
function findOtherSpellings(own: ReadonlySet<string>, sent: SentHeaders = {}): string[] {
  return Object.keys(sent).filter((name) => !own.has(name) && own.has(name.replace(/[^a-z0-9]/g, "-")));
}
