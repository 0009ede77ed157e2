// Comparable URLs: the normal form of RFC 3986 §6.2.2 and §6.2.3, without query and fragment, as
// RFC 9449 §4.3 compares `htu`. Not the WHATWG URL parser, which is lenient: it drops line breaks,
// and reads `\` as `/` and `0x7f.1` as an address.

const http = /^(https?):\/\/([^/?#]*)([^?#]*)/i;
const visible = /^[\x21-\x5b\x5d-\x7e]*$/;
const authority = /^(\[[0-9a-f:.]+\]|[a-z0-9\-._~!$&'()*+,;=]+)(?::([0-9]*))?$/i;
const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443" };

/**
 * The URL in its normal form. Undefined where it is not an absolute http or https URL, contains a
 * user name, or is malformed.
 */
export function normaliseUrl(url: string): string | undefined {
  const [text = ""] = url.split(/[?#]/, 1);
  const match = http.exec(text);
  if (!match) return undefined;
  const [, scheme = "", host = "", path = ""] = match;
  const origin = normaliseOrigin(scheme.toLowerCase(), host);
  const normalPath = normalisePath(path);
  return origin === undefined || normalPath === undefined ? undefined : origin + normalPath;
}

/**
 * Scheme and host in lower case, no default port (RFC 3986 §6.2.2.1, §6.2.3). An http URL must not
 * contain a user name (RFC 9110 §4.2.4).
 */
function normaliseOrigin(scheme: string, text: string): string | undefined {
  const match = authority.exec(text);
  if (!match) return undefined;
  const [, host = "", port = ""] = match;
  // "0443" is 443; more than five digits are not a port.
  const number = port === "" ? defaultPorts[scheme] : String(Number(port));
  if (port.length > 5 || Number(number) > 65_535) return undefined;
  return `${scheme}://${host.toLowerCase()}${number === defaultPorts[scheme] ? "" : `:${number}`}`;
}

/**
 * Percent-encoding in one spelling, without dot segments, and `/` for an empty path (RFC 3986
 * §6.2.2.1-3, §6.2.3).
 */
function normalisePath(path: string): string | undefined {
  if (!visible.test(path) || /%(?![0-9a-f]{2})/i.test(path)) return undefined;
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : code.toUpperCase();
  });
  return removeDotSegments(decoded);
}

/** RFC 3986 §5.2.4, for a path that starts with a slash or is empty. */
function removeDotSegments(path: string): string {
  const segments = path.split("/").slice(1);
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  // A final dot segment leaves its slash behind.
  if (last === "." || last === "..") kept.push("");
  return `/${kept.join("/")}`;
}
