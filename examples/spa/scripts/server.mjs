// A small static server: the page, its script, and its settings.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../dist/", import.meta.url));

/** @type {Readonly<Record<string, readonly [file: string, type: string]>>} */
const files = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/callback": ["index.html", "text/html; charset=utf-8"],
  "/main.js": ["main.js", "text/javascript; charset=utf-8"],
  "/main.js.map": ["main.js.map", "application/json"],
  "/style.css": ["style.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
};

/**
 * @typedef {object} PageSettings What the page is told. Nothing of it is secret.
 * @property {string} issuer
 * @property {string} clientId
 * @property {string} audience
 * @property {string} api
 */

/** @param {PageSettings} settings */
export function createPageServer(settings) {
  return createServer(({ method, url = "" }, response) => {
    const headers = { "content-security-policy": toPolicy(settings), "referrer-policy": "no-referrer" };
    const [path = ""] = url.split("?", 1);
    const [file, type] = files[path] ?? [];
    if (method !== "GET") response.writeHead(405).end();
    else if (path === "/settings.json") {
      response.writeHead(200, { ...headers, "content-type": "application/json" }).end(JSON.stringify(settings));
    } else if (file === undefined || !existsSync(folder + file)) response.writeHead(404, headers).end("Not found");
    else {
      response.writeHead(200, { ...headers, "content-type": type, "cache-control": "no-store" });
      createReadStream(folder + file).pipe(response);
    }
  });
}

// The page holds a token, so no foreign script may run in it (CWE-79), and it may call two places only.
/** @param {PageSettings} settings */
function toPolicy({ issuer, api }) {
  const places = `'self' ${new URL(issuer).origin} ${new URL(api).origin}`;
  return `default-src 'self'; connect-src ${places}; object-src 'none'; base-uri 'none'; frame-ancestors 'none'`;
}
