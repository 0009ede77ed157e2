// base64url as JOSE wants it: no padding, no other alphabet, no stray bits, one spelling per value (RFC 7515 §2, RFC 4648 §3.5).

type Decode = (text: string) => Uint8Array | undefined;

// Node's decoder forgives; encoding again and comparing does not. A lax decoder gives one token many spellings, which
// defeats deny-lists and caches (CVE class: signature malleability).
const decodeWithBuffer: Decode = (text) => {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
};

const decodeWithAtob: Decode = (text) => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const again = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return again === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
};

/** The bytes that the text stands for, or undefined unless it is their one canonical spelling. */
export const readBase64url: Decode = typeof Buffer === "function" ? decodeWithBuffer : decodeWithAtob;
