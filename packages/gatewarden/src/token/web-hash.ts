// SHA-256 and its MAC by Web Crypto. Loaded only where Node's crypto is missing.

const encoder = new TextEncoder();

/** The SHA-256 digest of the parts one after the other. */
export async function digest(parts: readonly (string | Uint8Array)[]): Promise<Uint8Array> {
  const chunks = parts.map((part) => (typeof part === "string" ? encoder.encode(part) : part));
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The HMAC-SHA-256 of text. */
export async function mac(secret: Uint8Array, text: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new Uint8Array(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(algorithm, key, encoder.encode(text)));
}
