// Envoy's CheckRequest → the question that the gateway decides on. What stands in two places must
// say the same, or one of them is what the upstream does not see (CWE-436, CWE-444).
import { isUtf8 } from "node:buffer";
import { type SentHeaders, toSentHeaders } from "../proxy/headers.js";
import type { ProxyRequest } from "../proxy/original-request.js";
import { GatewayRefusal } from "../refusals.js";
import { parseEscapedCertificate } from "./certificate.js";
import type { CheckRequest, HttpAttributes, Peer, ReceivedHeader } from "./messages.js";

/**
 * Throws `GatewayRefusal`: `body_refused`, `proxy_header_*`. What Envoy did not say stays empty,
 * and is refused where it is needed. `context_extensions` and metadata are not read: a route's
 * configuration chooses no rule.
 */
export function parseCheckRequest({ attributes }: CheckRequest): ProxyRequest {
  const { source, request } = attributes ?? {};
  const http = request?.http ?? {};
  // Only `with_request_body` sends one. It would fill memory, and has no part in a decision.
  if (isFilled(http.body) || isFilled(http.raw_body)) throw new GatewayRefusal("body_refused");
  const said = toSentHeaders(listHeaders(http));
  refuseContradiction(said, http);
  return {
    method: toText(http.method),
    target: toText(http.path),
    headers: toHeaders(said, { http, source }),
    certificate: isFilled(source?.certificate) ? parseEscapedCertificate(source.certificate) : undefined,
  };
}

function isFilled(bytes: Buffer | undefined): bytes is Buffer {
  return bytes !== undefined && bytes.length > 0;
}

/** Byte by byte, as node:http reads what it gets: what must be ASCII then shows its other bytes. */
function toText(bytes: Buffer | undefined): string {
  return bytes?.toString("latin1") ?? "";
}

/** Names and values in turn. Envoy uses one of the two fields. */
function listHeaders({ headers = [], header_map }: HttpAttributes): string[] {
  const raw = header_map?.headers ?? [];
  if (headers.length > 0 && raw.length > 0) throw new GatewayRefusal("proxy_header_repeated");
  return [...headers.flatMap((one) => parseHeader(one, true)), ...raw.flatMap((one) => parseHeader(one, false))];
}

/** A token (RFC 9110 §5.6.2), or a pseudo-header (RFC 9113 §8.3). */
const headerName = /^:?[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5, CWE-113. */
const forbidden = /[\0\r\n]/;

/** Values of the map are UTF-8 (Protocol Buffers, "string"); those of the list are any bytes. */
function parseHeader({ key, value, raw_value }: ReceivedHeader, isUtf8Needed: boolean): [string, string] {
  const name = toText(key);
  const bytes = isFilled(raw_value) ? raw_value : value;
  const text = toText(bytes);
  if (isFilled(raw_value) && isFilled(value)) throw new GatewayRefusal("proxy_header_repeated");
  if (!headerName.test(name) || forbidden.test(text) || (isUtf8Needed && bytes !== undefined && !isUtf8(bytes)))
    throw new GatewayRefusal("proxy_header_malformed");
  return [name, text];
}

const repeats = [
  [":method", "method"],
  [":path", "path"],
  [":authority", "host"],
  [":scheme", "scheme"],
  ["host", "host"],
] as const;

function refuseContradiction(said: SentHeaders, http: HttpAttributes): void {
  const differs = repeats.some(([name, attribute]) => {
    const value = said[name];
    return value !== undefined && value !== toText(http[attribute]);
  });
  if (differs) throw new GatewayRefusal("proxy_header_repeated");
}

interface Attributes {
  readonly http: HttpAttributes;
  readonly source: Peer | null | undefined;
}

/** What a client sent as `X-Original-*` is replaced, or removed where Envoy says nothing. */
function toHeaders(said: SentHeaders, { http, source }: Attributes): SentHeaders {
  const headers: Record<string, SentHeaders[string]> = Object.create(null);
  for (const name in said) if (!name.startsWith(":")) headers[name] = said[name];
  const address = toText(source?.address?.socket_address?.address);
  headers["host"] = toText(http.host);
  // As an edge Envoy overwrites this header, but leaves the `:scheme` of an HTTP/2 client.
  headers["x-original-proto"] = said["x-forwarded-proto"] ?? toText(http.scheme);
  headers["x-original-address"] = address === "" ? undefined : address;
  return headers;
}
