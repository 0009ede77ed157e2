// A token's parts as applications receive them. Nothing here is trusted: it verifies nothing.
// biome-ignore-all lint/suspicious/noExplicitAny: the original's declarations use it.

/** The claims of a token. */
export interface JwtPayload {
  [name: string]: any;
  iss?: string | undefined;
  sub?: string | undefined;
  aud?: string | string[] | undefined;
  exp?: number | undefined;
  nbf?: number | undefined;
  iat?: number | undefined;
  jti?: string | undefined;
}

/** A decoded token, as jsonwebtoken's `complete` returns it. */
export interface DecodedJwt {
  readonly header: { readonly alg: string; readonly kid?: string; readonly [name: string]: any };
  readonly payload: JwtPayload;
  readonly signature: string;
}

/** Decodes a compact token; undefined where header or payload are not JSON objects. */
export function readJwt(token: string): DecodedJwt | undefined {
  const [header = "", payload = "", signature, ...others] = token.split(".", 4);
  if (signature === undefined || others.length > 0) return undefined;
  const [ownHeader, ownPayload] = [readPart(header), readPart(payload)];
  if (ownHeader === undefined || ownPayload === undefined) return undefined;
  return { header: ownHeader as DecodedJwt["header"], payload: ownPayload, signature };
}

function readPart(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
