// Records of FastCGI 1.0 (https://fastcgi-archives.github.io/FastCGI_Specification.html), as far as
// an authorizer needs them: Apache's mod_authnz_fcgi asks one question per connection.

/** Types of records (§8). */
export const recordType = {
  beginRequest: 1,
  abortRequest: 2,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
} as const;

/** The role that decides whether a request may go on (§6.3). */
export const authorizerRole = 2;

const version = 1;
const headerLength = 8;
/** Longest content of a record: its length is 16 bits. */
const longestContent = 65_535;

/** One record. */
export interface FastCgiRecord {
  readonly type: number;
  readonly requestId: number;
  readonly content: Buffer;
}

/** The first record of the bytes and what follows it; nothing while it is incomplete. */
export function parseRecord(bytes: Buffer): { readonly record: FastCgiRecord; readonly rest: Buffer } | undefined {
  if (bytes.length < headerLength) return undefined;
  if (bytes[0] !== version) throw new Error(`FastCGI version ${bytes[0]} is unknown`);
  const contentLength = bytes.readUInt16BE(4);
  const paddingLength = bytes.readUInt8(6);
  const end = headerLength + contentLength + paddingLength;
  if (bytes.length < end) return undefined;
  const content = bytes.subarray(headerLength, headerLength + contentLength);
  return { record: { type: bytes.readUInt8(1), requestId: bytes.readUInt16BE(2), content }, rest: bytes.subarray(end) };
}

/** A record, or several where the content is too long for one. */
export function toRecords(type: number, requestId: number, content: Buffer): Buffer {
  const parts: Buffer[] = [];
  let start = 0;
  do {
    const part = content.subarray(start, start + longestContent);
    const header = Buffer.alloc(headerLength);
    header.writeUInt8(version, 0);
    header.writeUInt8(type, 1);
    header.writeUInt16BE(requestId, 2);
    header.writeUInt16BE(part.length, 4);
    parts.push(header, part);
    start += longestContent;
  } while (start < content.length);
  return Buffer.concat(parts);
}

/**
 * The pairs of a `PARAMS` stream (§3.4).
 * @throws Error when bytes are missing, or when a name comes twice: which value holds cannot be
 * determined then.
 */
export function parseParams(bytes: Buffer): Map<string, string> {
  const params = new Map<string, string>();
  let at = 0;
  const parseLength = () => {
    const first = bytes[at];
    if (first === undefined) throw new Error("A FastCGI parameter is cut short");
    if (first < 0x80) {
      at += 1;
      return first;
    }
    if (at + 4 > bytes.length) throw new Error("A FastCGI parameter is cut short");
    const length = bytes.readUInt32BE(at) & 0x7fff_ffff;
    at += 4;
    return length;
  };
  while (at < bytes.length) {
    const nameLength = parseLength();
    const valueLength = parseLength();
    const end = at + nameLength + valueLength;
    if (end > bytes.length) throw new Error("A FastCGI parameter is cut short");
    const name = bytes.toString("latin1", at, at + nameLength);
    if (params.has(name)) throw new Error("A FastCGI parameter comes twice");
    params.set(name, bytes.toString("latin1", at + nameLength, end));
    at = end;
  }
  return params;
}
