// A request as commands and code that people paste.
import type { TokenRequest, TryRequest } from "./client.js";

export type Language = "curl" | "fetch" | "HTTPie";
export const languages: readonly Language[] = ["curl", "fetch", "HTTPie"];

export function toSnippet(language: Language, { body, headers, method, url }: TryRequest): string {
  const lines = Object.entries(headers);
  if (language === "fetch") {
    const shown = { method, headers, ...(body !== undefined && { body }) };
    return `const response = await fetch(${JSON.stringify(url)}, ${JSON.stringify(shown, null, 2)});`;
  }
  if (language === "HTTPie") {
    const raw = body === undefined ? [] : [`--raw ${quote(body)}`];
    return ["http", ...raw, method, quote(url), ...lines.map(([name, value]) => quote(`${name}:${value}`))].join(" ");
  }
  const verb = method === "GET" ? [] : [`-X ${method}`];
  const data = body === undefined ? [] : [`-d ${quote(body)}`];
  const flags = lines.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return ["curl -i", ...verb, quote(url), ...flags, ...data].join(" \\\n  ");
}

/** The command that gets the same token. */
export function toTokenCommand(request: TokenRequest, issuer: string): string {
  const flags = [
    ...(request.as === undefined ? [] : [`--as ${request.as}`]),
    ...(request.client === undefined ? [] : [`--client ${quote(request.client)}`]),
    ...(request.audience === null ? ["--opaque"] : []),
    ...(request.audience ? [`--audience ${quote(request.audience)}`] : []),
    ...(request.permissions?.map((name) => `--permission ${quote(name)}`) ?? []),
    ...(request.permissions?.length === 0 ? ['--permission ""'] : []),
    ...(request.expiresIn === undefined ? [] : [`--expires-in ${request.expiresIn}`]),
    ...(request.fault === undefined ? [] : [`--fault ${request.fault}`]),
    `--issuer ${issuer}`,
  ];
  return `npx gatewarden token ${flags.join(" ")}`;
}

/** For a POSIX shell. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
