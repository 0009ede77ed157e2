// What the token proves → values of headers. A value is visible ASCII without `%`, or
// percent-encoded UTF-8, so that it neither ends a header nor reads as another (CWE-113).
import type { Auth } from "gatewarden";
import { GatewayRefusal } from "../refusals.js";
import type { IdentityNames } from "./names.js";

const maxValue = 4096;
const maxAll = 8192;

/**
 * All identity headers. Without a token, or without the fact, a header is empty: the proxy then
 * overwrites what the client sent under that name. Throws `GatewayRefusal`: `identity_too_large`,
 * since a cut list would be another identity.
 */
export function toIdentityHeaders(
  names: IdentityNames,
  auth: Auth<unknown> | undefined,
): (readonly [string, string])[] {
  let size = 0;
  return names.headers.map(([fact, name]) => {
    const value = auth === undefined ? "" : facts[fact](auth);
    size += value.length;
    if (value.length > maxValue || size > maxAll) throw new GatewayRefusal("identity_too_large");
    return [name, value] as const;
  });
}

const facts: Readonly<Record<IdentityNames["headers"][number][0], (auth: Auth<unknown>) => string>> = {
  subject: ({ subject = "" }) => encode(subject),
  client: ({ clientId = "" }) => encode(clientId),
  scope: ({ scopes }) => encodeList(scopes),
  permissions: ({ permissions }) => encodeList(permissions),
  roles: ({ roles }) => encodeList(roles),
  organization: ({ organization }) => encode(organization?.id ?? ""),
  issuer: ({ issuer }) => encode(issuer),
  // An actor without a name is one all the same: empty would say that the user acts alone.
  actor: ({ actor }) => (actor === undefined ? "" : encode(actor.subject || actor.clientId || "unnamed")),
};

/** Several values stand apart by a blank, which no value has. */
function encodeList(values: readonly string[]): string {
  return values.length === 0 ? "" : values.map(encode).join(" ");
}

const unsafe = /[^\x21-\x24\x26-\x2b\x2d-\x7e]/;

/** Encodes blanks, `%`, commas, controls and everything beyond ASCII. */
function encode(value: string): string {
  if (!unsafe.test(value)) return value;
  // Halves of characters have no UTF-8: two names would become one.
  if (/\p{Cs}/u.test(value)) throw new GatewayRefusal("identity_failed");
  const bytes = Buffer.from(value, "utf8");
  let text = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    text += unsafe.test(character) ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}` : character;
  }
  return text;
}
