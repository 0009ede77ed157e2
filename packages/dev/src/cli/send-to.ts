// One request to a tenant over http, or over https with one more certificate authority, which `fetch`
// does not take.
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { rootCertificates } from "node:tls";

export interface SendOptions {
  readonly method: string;
  /** The certificate of an authority to trust for this request, in PEM. */
  readonly ca: string | undefined;
  /** JSON. */
  readonly content?: string | undefined;
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly isOk: boolean;
  readonly status: number;
  readonly text: string;
}

/** Milliseconds. A tenant of this machine answers at once. */
export const patience = 10_000;

/** A tenant's answers are far smaller. What is not one may send without end (CWE-770). */
const maxBytes = 4 * 1024 * 1024;

/** Sends the request and reads the answer, up to 4 MiB. Throws what the connection throws. */
export async function sendTo(url: URL, options: SendOptions): Promise<Answer> {
  const response = await openAt(url, { ...options, signal: AbortSignal.timeout(patience) });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBytes) break;
    chunks.push(chunk);
  }
  const status = response.statusCode ?? 0;
  return { isOk: status >= 200 && status < 300, status, text: Buffer.concat(chunks).toString("utf8") };
}

/** Sends the request. Resolves once the answer begins. */
export function openAt(url: URL, { accept, ca, content, method, signal }: SendOptions): Promise<IncomingMessage> {
  const headers = {
    ...(accept !== undefined && { accept }),
    ...(content !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(content) }),
  };
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const common = { method, headers, ...(signal && { signal }), agent: false };
  return new Promise((resolve, reject) => {
    const outgoing = url.protocol === "https:" ? requestHttps(url, { ...common, ...trust }) : requestHttp(url, common);
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(content);
  });
}
