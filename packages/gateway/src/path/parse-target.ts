// The request-target → segments. What a proxy and an upstream could read differently is refused:
// the rule must be found for the path that the upstream will see (CWE-22, CWE-41, CWE-436).
import { type GatewayReason, GatewayRefusal } from "../refusals.js";

/** A path in its normal form. */
export interface ParsedPath {
  /** As it was sent, without the query. */
  readonly text: string;
  /** Decoded. A last empty one is a final slash. */
  readonly segments: readonly string[];
  /** As they were sent, with percent-encodings in upper case. */
  readonly rawSegments: readonly string[];
}

const maxLength = 8192;
const maxSegments = 128;

// RFC 3986 §3.3 pchar, and what browsers send as it is (WHATWG URL: path percent-encode set).
const allowed = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]|^]*$/;
/** Paths in which nothing needs a closer look. */
const plain = /^(?:\/[A-Za-z0-9\-_~][A-Za-z0-9\-_~.]*)+\/?$|^\/$/;

/**
 * Reads a target in origin-form (RFC 9112 §3.2.1). The query may have any form. Throws
 * `GatewayRefusal`: `target_*`, `path_*`.
 */
export function parseTarget(target: string): ParsedPath {
  if (target.length > maxLength) throw new GatewayRefusal("target_too_long");
  // Absolute form, `*` and an authority are other ways to name a resource, or none at all (RFC 9112
  // §3.2.2-4). A fragment is never sent (RFC 9110 §7.1): servers cut it or keep it. Blanks, bytes
  // beyond ASCII and controls are not part of a URL (RFC 3986 §2).
  if (!/^\/[\x21-\x7e]*$/.test(target) || target.includes("#")) throw new GatewayRefusal("target_malformed");
  const query = target.indexOf("?");
  return parsePath(query === -1 ? target : target.slice(0, query));
}

/** As above, for a path without a query. */
export function parsePath(text: string): ParsedPath {
  const reason = plain.test(text) ? undefined : findPathFault(text);
  if (reason !== undefined) throw new GatewayRefusal(reason);
  const rawSegments = text.slice(1).split("/");
  if (rawSegments.length > maxSegments) throw new GatewayRefusal("target_too_long");
  if (!text.includes("%")) return { text, segments: rawSegments, rawSegments };
  const upper = rawSegments.map((segment) => segment.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase()));
  return { text, segments: upper.map(parseSegment), rawSegments: upper };
}

const faults: readonly (readonly [pattern: RegExp, reason: GatewayReason])[] = [
  // Servers on Windows, and WHATWG parsers, read `\` as `/` (CWE-41).
  [/\\|%5c/i, "path_encoded_separator"],
  // A proxy that decodes sees two segments where another sees one (RFC 3986 §2.2).
  [/%2f/i, "path_encoded_separator"],
  // Tomcat and Jetty cut `;…` off each segment before they look for dots (CVE-2020-1957).
  [/;|%3b/i, "path_parameter"],
  // C strings end at NUL; line ends split headers (CWE-626, CWE-113).
  [/%(?:[01][0-9a-f]|7f)/i, "path_control"],
  [/%(?![0-9a-f]{2})/i, "path_encoding"],
  // `%252e` is a dot for who decodes twice (CWE-174).
  [/%25[0-9a-f]{2}/i, "path_encoded_twice"],
  // The normal form has letters, digits and `-._~` as they are (RFC 3986 §6.2.2.2).
  [/%(?:2[de]|3[0-9]|4[1-9a-f]|5[0-9a]|5f|6[1-9a-f]|7[0-9a]|7e)/i, "path_encoded_plain"],
  [/\/\//, "path_empty_segment"],
  // Some remove them, others do not (RFC 3986 §5.2.4).
  [/\/\.{1,2}(?:\/|$)/, "path_dot_segment"],
];

function findPathFault(text: string): GatewayReason | undefined {
  const fault = faults.find(([pattern]) => pattern.test(text));
  if (fault) return fault[1];
  return allowed.test(text) && text.startsWith("/") ? undefined : "path_character";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Overlong and invalid UTF-8 is read in many ways (RFC 3629 §10, CVE-2008-2938). */
function parseSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  let text: string;
  try {
    text = utf8.decode(
      Buffer.from(
        segment.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        "latin1",
      ),
    );
  } catch {
    throw new GatewayRefusal("path_not_utf8");
  }
  // Controls beyond ASCII: U+0080 to U+009F.
  if (/[\u0080-\u009f]/.test(text)) throw new GatewayRefusal("path_control");
  return text;
}
