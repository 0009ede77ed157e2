// The token endpoint of a test issuer: token exchange (RFC 8693) and client credentials (RFC 6749
// §4.4), in this process.
import type { Members } from "./signing-key.js";
import type { TokenFactory } from "./token-factory.js";
import { usualLife } from "./token-options.js";

const exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
const accessToken = "urn:ietf:params:oauth:token-type:access_token";

/** A token, or why there is none. */
type Granted = { readonly token: string; readonly life: number } | { readonly error: string };

/** A request as `fetch` got it. Every client and every secret is accepted. */
export function toTokenAnswer(factory: TokenFactory, { body, headers }: RequestInit): Response {
  const form = new URLSearchParams(String(body));
  const client = readClient(form, new Headers(headers));
  const granted = grant(factory, form, client);
  if ("error" in granted) return Response.json(granted, { status: 400 });
  const scope = form.get("scope");
  return Response.json({
    access_token: granted.token,
    token_type: "Bearer",
    expires_in: granted.life,
    ...(form.get("grant_type") === exchangeGrant && { issued_token_type: accessToken }),
    ...(scope !== null && { scope }),
  });
}

function grant(factory: TokenFactory, form: URLSearchParams, clientId: string): Granted {
  const targets = [...form.getAll("audience"), ...form.getAll("resource")];
  const [audience] = targets;
  if (audience === undefined || targets.length > 1) return { error: "invalid_target" };
  const permissions = form.get("scope")?.split(" ").filter(Boolean) ?? [];
  const usual = { clientId, audience, permissions, ...(permissions.length > 0 && { scope: permissions }) };
  if (form.get("grant_type") === "client_credentials") {
    const token = factory.token({ ...usual, sub: `${clientId}@clients` });
    return { token, life: usualLife };
  }
  if (form.get("grant_type") !== exchangeGrant) return { error: "unsupported_grant_type" };
  const claims = readSubjectClaims(form.get("subject_token") ?? "", factory);
  if (claims === undefined) return { error: "invalid_request" };
  const { sub, exp, act, org_id } = claims;
  const life = Math.min(usualLife, Math.floor(Number(exp) - factory.clock.now()));
  const actor = { sub: clientId, ...(act !== undefined && { act }) };
  const token = factory.token({ ...usual, expiresIn: life, claims: { sub, org_id, act: actor } });
  return { token, life };
}

/** The claims of a token of this issuer that has not expired. A guard has checked its signature. */
function readSubjectClaims(token: string, { shape, clock }: TokenFactory): Members | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const isCurrent = Number(claims.exp) - clock.now() >= 1;
    return isCurrent && claims.iss === shape.issuer ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 6749 §2.3.1, RFC 7523 §3. */
function readClient(form: URLSearchParams, headers: Headers): string {
  const [scheme = "", credentials = ""] = (headers.get("authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return form.get("client_id") ?? "";
  const [name = ""] = Buffer.from(credentials, "base64").toString("utf8").split(":");
  return new URLSearchParams(`name=${name}`).get("name") ?? "";
}
