// Serves the console: the built files of `dist/console`, compressed once and kept in memory.
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { html } from "../pages/html.js";
import { renderLayout } from "../pages/layout.js";
import type { Handler } from "./pipeline.js";
import { sendError, sendJson, sendPage } from "./respond.js";

/** Both for `src` and for `dist`, the folder is beside them. */
const builtFiles = fileURLToPath(new URL("../../dist/console/", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Only the tenant's own files and answers. Nothing from elsewhere, no frame, no form. */
const headers: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
};

interface File {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

export interface ConsolePageOptions {
  /** The description of the tenant, for programs that ask for `/`. */
  readonly describe: () => unknown;
  /** Where the built files are. Default: `dist/console` of this package. */
  readonly folder?: string | undefined;
}

export function createConsolePage({ describe, folder = builtFiles }: ConsolePageOptions): Handler {
  let files: Promise<ReadonlyMap<string, File>> | undefined;
  return async ({ request, response, url }, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") return next();
    if (url.pathname === "/") return answerRoot(request, response, describe);
    if (url.pathname === "/favicon.ico") return void response.writeHead(204).end();
    if (url.pathname !== "/console" && !url.pathname.startsWith("/console/")) return next();
    if (url.pathname === "/console/") return redirect(response, "/console");
    files ??= loadFiles(folder);
    const name = url.pathname === "/console" ? "index.html" : url.pathname.slice("/console/".length);
    const all = await files;
    if (all.size === 0) {
      files = undefined;
      return sendPage(response, 503, renderMissing());
    }
    const file = all.get(name);
    if (file === undefined) return sendError(response, 404, "not_found", "The console has no such file.");
    sendFile(request, response, file);
  };
}

/** A browser is led to the console; any other client gets the description of `GET /dev`. */
function answerRoot({ headers: { accept = "" } }: IncomingMessage, response: ServerResponse, describe: () => unknown) {
  response.setHeader("vary", "accept");
  if (accept.includes("text/html")) return redirect(response, "/console");
  sendJson(response, 200, describe());
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location, "cache-control": "no-store" }).end();
}

/** All files by their path below the folder; none if it was not built. */
async function loadFiles(folder: string): Promise<ReadonlyMap<string, File>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const known = entries.filter((entry) => entry.isFile() && types[extname(entry.name)] !== undefined);
  const loaded = known.map(async (entry): Promise<[string, File]> => {
    const path = join(entry.parentPath, entry.name);
    const plain = await readFile(path);
    const name = path
      .slice(folder.length)
      .replace(/^[\\/]/, "")
      .replaceAll("\\", "/");
    return [name, { type: types[extname(name)] ?? "", plain, zipped: gzipSync(plain, { level: 9 }) }];
  });
  return new Map(await Promise.all(loaded));
}

function sendFile({ headers: asked, method }: IncomingMessage, response: ServerResponse, file: File): void {
  const isZipped = /\bgzip\b/.test(String(asked["accept-encoding"] ?? ""));
  const content = isZipped ? file.zipped : file.plain;
  response.writeHead(200, {
    ...headers,
    "content-type": file.type,
    "content-length": content.length,
    vary: "accept-encoding",
    // The tenant is restarted and rebuilt often; the files are small and local.
    "cache-control": "no-cache",
    ...(isZipped && { "content-encoding": "gzip" }),
  });
  response.end(method === "HEAD" ? undefined : content);
}

function renderMissing(): string {
  return renderLayout(
    "The console is not built",
    html`<h1>The console is not built</h1>
<p>This tenant runs from its sources, and the files of the console are missing. Build them with:</p>
<p><code>npm run build -w @gatewarden/dev</code></p>
<p>Then load this page again. Everything else of the tenant works: <code>GET /dev</code> describes it.</p>`,
  );
}
