// Details about an Authorization header without a token, from the rest of the request.
import { proxyHeaders } from "../../providers/words/proxies.js";
import { type GuardRequest, readHeader } from "../../request/credentials.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";

/** Parameters that carry tokens where this API never looks (RFC 6750 §2.3, RFC 9700 §4.3.2). */
const parameters = ["access_token", "token", "auth_token", "id_token", "jwt"];

/** The query parameter that appears to hold a token. */
export function findQueryToken({ url }: GuardRequest): { readonly name: string; readonly value: string } | undefined {
  const [beforeFragment = ""] = url.split("#", 1);
  const mark = beforeFragment.indexOf("?");
  if (mark === -1) return undefined;
  const search = new URLSearchParams(beforeFragment.slice(mark + 1));
  const name = parameters.find((one) => (search.get(one) ?? "") !== "");
  return name === undefined ? undefined : { name, value: search.get(name) ?? "" };
}

/** Headers in which proxies and clients send a token that belongs in Authorization. */
const elsewhere = [
  ...["x-forwarded-authorization", "x-original-authorization", "x-amzn-remapped-authorization", "proxy-authorization"],
  ...["authentication", "authorisation", "x-authorization", "x-access-token", "x-auth-token", "access-token", "token"],
];

/** The header that holds a token instead of Authorization. */
export function findHeaderToken({
  headers,
}: GuardRequest): { readonly name: string; readonly value: string } | undefined {
  for (const name of [...elsewhere, ...proxyHeaders.keys()]) {
    const value = readHeader(headers, name);
    if (typeof value === "string" && value !== "") return { name, value };
  }
  return undefined;
}

const traces = ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-proto"];

/**
 * No Authorization header arrived. Was the token sent elsewhere, or did a proxy remove the header?
 */
export function explainMissing({ request }: RefusalFacts): Specific | undefined {
  if (request === undefined) return undefined;
  const inHeader = findHeaderToken(request);
  const proxy = inHeader && proxyHeaders.get(inHeader.name);
  if (proxy) {
    return {
      cause: `No Authorization header arrived, but there is \`${inHeader.name}\`, in which ${proxy.name} passes tokens on. This API does not read it.`,
      ...(proxy.fixes.credentials_missing !== undefined && { fix: proxy.fixes.credentials_missing }),
    };
  }
  if (inHeader) {
    return {
      cause: `No Authorization header arrived, but there is \`${inHeader.name}\`, which this API does not read.`,
      fix: "Send the token as `Authorization: Bearer <token>`. If the client does, let the proxy pass that header on under its own name.",
    };
  }
  const inQuery = findQueryToken(request);
  if (inQuery) {
    return {
      cause: `No Authorization header arrived; the token stands in the query as \`${inQuery.name}\`, where this API never looks.`,
      fix: "Send it as `Authorization: Bearer <token>`: addresses end up in logs and histories (RFC 9700 §4.3.2).",
    };
  }
  const trace = traces.find((name) => readHeader(request.headers, name) !== undefined);
  if (trace !== undefined) {
    return {
      cause: `No Authorization header arrived. The request came through a proxy (\`${trace}\`), which may have removed it.`,
      fix: "If the client sends the header, let the proxy pass it on: nginx `proxy_set_header Authorization $http_authorization;`, Apache `CGIPassAuth On`.",
    };
  }
  if (readHeader(request.headers, "cookie") === undefined) return undefined;
  return {
    cause: "No Authorization header arrived, only cookies, which this API does not read.",
    fix: "Let the client read its access token and send it as `Authorization: Bearer <token>`. An API that pages of listed origins call with a cookie sets `tokenFrom: { cookie, origins }`.",
  };
}

const schemes =
  /^(dpop|basic|digest|token|jwt|api-?key|key|oauth|mac|hmac|hawk|negotiate|ntlm|aws4-hmac-sha256|privatetoken|mutual)$/i;

/** Another scheme, or none, so that the token is in its place. */
export function explainScheme({ request, shape }: RefusalFacts): Specific | undefined {
  const value = request && readHeader(request.headers, "authorization");
  if (typeof value !== "string") return undefined;
  const [scheme = "", rest] = value.trim().split(/\s+/, 2);
  if (/^ey[\w-]+\./.test(scheme)) {
    return {
      cause: "The header holds a token and no scheme: the scheme was `eyJ…`.",
      fix: "Put `Bearer ` before the token: `Authorization: Bearer <token>`.",
    };
  }
  // Any other word is not quoted: it may be a secret.
  if (rest === undefined || !schemes.test(scheme)) return shape;
  if (/^dpop$/i.test(scheme)) {
    return {
      cause: "The token came with the scheme `DPoP`, which this API does not take.",
      fix: "Switch `dpop` on, or let the client request a token without sender constraint.",
    };
  }
  return {
    cause: `The scheme was \`${scheme}\`, which this API does not take.`,
    fix: "Send `Authorization: Bearer <access token>`.",
  };
}
