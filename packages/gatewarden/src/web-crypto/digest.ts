// SHA-256 and HMAC by Web Crypto. Loaded only where Node's crypto is missing.

const encoder = new TextEncoder();

/** The SHA-256 digest. Text is encoded as UTF-8. */
export async function digest(data: string | Uint8Array): Promise<Uint8Array> {
  const bytes = typeof data === "string" ? encoder.encode(data) : new Uint8Array(data);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The HMAC-SHA-256 of text. */
export async function mac(secret: Uint8Array, text: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new Uint8Array(secret), algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(algorithm, key, encoder.encode(text)));
}
