// Text pasted for an explanation: a token, an Authorization line, a `curl` command, or a raw HTTP
// request.
import type { GuardRequest } from "../index.js";
import { addHeader, type HeaderLines, readCurl, toHeaders } from "./curl.js";

/** The request, if the text is one. Otherwise the text itself, which should be a token. */
export function readPasted(text: string): string | GuardRequest {
  const trimmed = text.trim();
  return (
    readCurl(trimmed.replace(/^[$>%]\s+(?=curl)/, "")) ??
    readPastedRequest(trimmed) ??
    readHeaderLines(trimmed) ??
    trimmed
  );
}

/** `GET /path HTTP/1.1` and header lines, with or without the `> ` prefix of `curl -v`. */
function readPastedRequest(text: string): GuardRequest | undefined {
  const sent = text.split(/\r?\n/).filter((line) => line.startsWith("> ") || line === ">");
  const [first = "", ...lines] = sent.length > 0 ? sent.map((line) => line.slice(2)) : text.split(/\r?\n/);
  const [, method, url] = /^([A-Z]+) (\S+) HTTP\/[\d.]+$/.exec(first.trim()) ?? [];
  if (method === undefined || url === undefined) return undefined;
  const end = lines.findIndex((line) => line.trim() === "");
  const headers = readPastedHeaders(end === -1 ? lines : lines.slice(0, end));
  const [host = ""] = [headers["host"] ?? headers[":authority"] ?? ""].flat();
  // The text does not contain the scheme. It matters only to DPoP proofs, which name it.
  const isEncrypted = !/^(localhost|127\.|\[::1\])/.test(host);
  return { method, url, headers, connection: { isEncrypted } };
}

/** Only header lines, one of which is Authorization. */
function readHeaderLines(text: string): GuardRequest | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (!lines.some((line) => /^["']?authorization["']?\s*:/i.test(line))) return undefined;
  return {
    method: "GET",
    url: "/",
    headers: readPastedHeaders(lines.map((line) => line.replace(/^(["'])(.*)\1,?$/, "$2"))),
  };
}

function readPastedHeaders(lines: readonly string[]): ReturnType<typeof toHeaders> {
  const headers: HeaderLines = new Map();
  for (const line of lines) addHeader(headers, line);
  return toHeaders(headers);
}
