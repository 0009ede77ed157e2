// The Content-Security-Policy of every built page. Nothing is fetched, sent or framed: scripts and
// styles come from the site, and what is inline is known by its digest. The explain page promises
// that a token stays in the page; with `connect-src 'none'` the browser holds that promise. It
// holds for all pages, since the site moves between them without loading a document.
import { createHash } from "node:crypto";

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/** The page with its policy as the first thing in its head. */
export function addPolicy(html: string): string {
  const digests = [...html.matchAll(inlineScript)].map(([, code = ""]) => `'sha256-${toDigest(code)}'`);
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${[...new Set(digests)].join(" ")}`.trim(),
    // Shiki colours code by style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html.replace(
    '<meta charset="utf-8">',
    `<meta charset="utf-8">\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`,
  );
}

function toDigest(code: string): string {
  return createHash("sha256").update(code).digest("base64");
}
