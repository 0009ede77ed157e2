// A pasted `curl` command → the request that it would send, as far as an API's guard reads it.
// Nothing is sent.
import type { GuardRequest } from "../index.js";
import { splitWords } from "./shell-words.js";

/** Header lines by name, in lower case. */
export type HeaderLines = Map<string, string[]>;

/** The request of a `curl` command line. Undefined for any other text. */
export function readCurl(text: string): GuardRequest | undefined {
  const [command, ...words] = splitWords(text).words;
  if (command === undefined || !/^(.*[\\/])?curl(\.exe)?$/.test(command)) return undefined;
  const request: RequestDraft = { method: undefined, url: "/", headers: new Map() };
  for (let index = 0; index < words.length; index++) {
    const { name, value, isNextTaken } = readOption(words[index] ?? "", words[index + 1]);
    if (isNextTaken) index++;
    if (name === undefined) request.url = value;
    else apply(name, value, request);
  }
  return { method: request.method ?? "GET", url: toUrl(request.url), headers: toHeaders(request.headers) };
}

/** Adds a header line. A repeated one becomes a list, as on the wire. */
export function addHeader(headers: HeaderLines, line: string): void {
  const colon = line.indexOf(":", 1);
  if (colon === -1) return;
  const name = line.slice(0, colon).trim().toLowerCase();
  const value = line.slice(colon + 1).trim();
  const present = headers.get(name);
  if (present) present.push(value);
  else headers.set(name, [value]);
}

/** The headers of a request. Every line becomes an own member, regardless of its name. */
export function toHeaders(headers: HeaderLines): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...headers].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]),
  );
}

interface RequestDraft {
  method: string | undefined;
  url: string;
  readonly headers: HeaderLines;
}

function apply(name: string, value: string, request: RequestDraft): void {
  if (name === "-H" || name === "--header") addHeader(request.headers, value);
  else if (name === "-X" || name === "--request") request.method = value;
  else if (name === "-I" || name === "--head") request.method ??= "HEAD";
  else if (name === "--url") request.url = value;
  else if (name === "--oauth2-bearer") addHeader(request.headers, `authorization: Bearer ${value}`);
  else if (name === "-u" || name === "--user") addHeader(request.headers, "authorization: Basic of-curl");
  else if (name === "-b" || name === "--cookie") addHeader(request.headers, "cookie: of-curl");
  else if (/^(-d|-F|-T|--data.*|--json|--form.*)$/.test(name)) request.method ??= "POST";
}

/**
 * Options that take a value. After any other option, the next word is another option or the URL.
 */
const withValue =
  /^(-[HXdFTuboAemwExKcCrtyYzDQ]|--(header|request|url|data.*|json|form.*|user|oauth2-bearer|cookie|output|user-agent|referer|max-time|connect-timeout|retry|write-out|cert|key|cacert|proxy|resolve|connect-to|config|cookie-jar))$/;

function readOption(word: string, next: string | undefined): { name?: string; value: string; isNextTaken?: boolean } {
  if (!word.startsWith("-") || word === "-") return { value: word };
  if (withValue.test(word)) return { name: word, value: next ?? "", isNextTaken: true };
  const [, long, attached] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  if (long !== undefined) return { name: long, value: attached ?? "" };
  // `-HAuthorization: …`, `-XPOST`
  const short = word.slice(0, 2);
  return word.length > 2 && !word.startsWith("--") && withValue.test(short)
    ? { name: short, value: word.slice(2) }
    : { name: word, value: "" };
}

/** curl uses http for an address without a scheme. */
function toUrl(url: string): string {
  return /^([a-z][\w+.-]*:\/\/|\/)/i.test(url) ? url : `http://${url}`;
}
