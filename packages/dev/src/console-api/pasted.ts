// Pasted text for an explanation: a token, header lines, a `curl` command, or a whole request.

/** A request as the library's guard reads it. */
export interface PastedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

type Lines = Map<string, string[]>;

/** The request, if the text is one; otherwise the text, which should be a token. */
export function readPasted(text: string): string | PastedRequest {
  const trimmed = text.trim();
  return readCurl(trimmed) ?? readRequest(trimmed) ?? readHeaders(trimmed) ?? trimmed;
}

/** What matters of a command: method, address and headers. */
function readCurl(text: string): PastedRequest | undefined {
  const [program, ...words] = splitWords(text.replace(/^[$>%]\s+/, ""));
  if (!/^(.*[\\/])?curl(\.exe)?$/.test(program ?? "")) return undefined;
  const lines: Lines = new Map();
  let [method, url] = ["GET", "/"];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = (): string => words[++index] ?? "";
    if (word === "-H" || word === "--header") addLine(lines, next());
    else if (word.startsWith("-H")) addLine(lines, word.slice(2));
    else if (word === "-X" || word === "--request") method = next();
    else if (word === "--oauth2-bearer") addLine(lines, `authorization: Bearer ${next()}`);
    else if (word === "--url") url = next();
    else if (/^(-d|--data.*|--json)$/.test(word)) {
      next();
      method = method === "GET" ? "POST" : method;
    } else if (/^(-[oubAemwx]|--(output|user|cookie|user-agent|referer|max-time|proxy))$/.test(word)) next();
    else if (!word.startsWith("-")) url = word;
  }
  return { method, url, headers: toHeaders(lines) };
}

/** `GET /path HTTP/1.1` and header lines, also with the `> ` of `curl -v`. */
function readRequest(text: string): PastedRequest | undefined {
  const all = text.split(/\r?\n/);
  const sent = all.filter((line) => line.startsWith("> ")).map((line) => line.slice(2));
  const [first = "", ...rest] = sent.length > 0 ? sent : all;
  const [, method, url] = /^([A-Z]+) (\S+) HTTP\/[\d.]+$/.exec(first.trim()) ?? [];
  if (method === undefined || url === undefined) return undefined;
  const end = rest.findIndex((line) => line.trim() === "");
  return { method, url, headers: toHeaders(toLines(end === -1 ? rest : rest.slice(0, end))) };
}

function readHeaders(text: string): PastedRequest | undefined {
  const all = text.split(/\r?\n/).map((line) => line.trim().replace(/^(["'])(.*)\1,?$/, "$2"));
  if (!all.some((line) => /^authorization\s*:/i.test(line))) return undefined;
  return { method: "GET", url: "/", headers: toHeaders(toLines(all)) };
}

function toLines(texts: readonly string[]): Lines {
  const lines: Lines = new Map();
  for (const text of texts) addLine(lines, text);
  return lines;
}

function addLine(lines: Lines, line: string): void {
  const colon = line.indexOf(":", 1);
  if (colon === -1) return;
  const name = line.slice(0, colon).trim().toLowerCase();
  lines.set(name, [...(lines.get(name) ?? []), line.slice(colon + 1).trim()]);
}

function toHeaders(lines: Lines): PastedRequest["headers"] {
  return Object.fromEntries([...lines].map(([name, [one = "", ...more]]) => [name, more[0] ? [one, ...more] : one]));
}

/** Words of a POSIX shell: quotes, backslashes, and lines that continue. Nothing is expanded. */
function splitWords(text: string): string[] {
  const parts = text.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\[\s\S]|[^\s'"\\])+/g);
  return [...parts]
    .map(([word]) =>
      word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\\r?\n|\\([\s\S])/g, (_all, single, double, escaped) => {
        return single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? "";
      }),
    )
    .filter((word) => word !== "");
}
