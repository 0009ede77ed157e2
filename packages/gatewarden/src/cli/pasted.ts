// What is pasted to have a request explained: a token, an Authorization line, a `curl` command, or an HTTP request as it was sent.
import type { GuardRequest } from "../index.js";
import { addHeader, type HeaderLines, readCurl, toHeaders } from "./curl.js";

/** A request where the text is one, otherwise the text itself: then it is or should be a token. */
export function readPasted(text: string): string | GuardRequest {
  const trimmed = text.trim();
  return (
    readCurl(trimmed.replace(/^[$>%]\s+(?=curl)/, "")) ??
    readPastedRequest(trimmed) ??
    readHeaderLines(trimmed) ??
    trimmed
  );
}

/** `GET /path HTTP/1.1` and header lines, with or without the `> ` that `curl -v` writes in front. */
function readPastedRequest(text: string): GuardRequest | undefined {
  const sent = text.split(/\r?\n/).filter((line) => line.startsWith("> ") || line === ">");
  const [first = "", ...lines] = sent.length > 0 ? sent.map((line) => line.slice(2)) : text.split(/\r?\n/);
  const [, method, url] = /^([A-Z]+) (\S+) HTTP\/[\d.]+$/.exec(first.trim()) ?? [];
  if (method === undefined || url === undefined) return undefined;
  const end = lines.findIndex((line) => line.trim() === "");
  const headers = readPastedHeaders(end === -1 ? lines : lines.slice(0, end));
  const [host = ""] = [headers["host"] ?? headers[":authority"] ?? ""].flat();
  // The scheme is not in the text. It matters to DPoP proofs alone, which name it.
  const isEncrypted = !/^(localhost|127\.|\[::1\])/.test(host);
  return { method, url, headers, connection: { isEncrypted } };
}

/** Header lines alone, of which one is Authorization. */
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
