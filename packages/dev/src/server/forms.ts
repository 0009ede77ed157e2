// Extends what the OAuth endpoints accept: JSON bodies, as at Auth0, and JWTs where the provider
// accepts only opaque tokens.
import type { IncomingMessage } from "node:http";
import { parseJson } from "../json.js";
import { paths } from "../provider/paths.js";
import type { SignedTokens } from "../provider/signed-tokens.js";
import { loadBody, withForm } from "./body.js";
import type { Handler } from "./pipeline.js";
import { sendError } from "./respond.js";

const OAUTH_PATHS: ReadonlySet<string> = new Set([paths.token, paths.revocation, paths.introspection]);
const TOKEN_PATHS: ReadonlySet<string> = new Set([paths.revocation, paths.introspection]);

export function createFormHandler(signedTokens: SignedTokens): Handler {
  return async (exchange, next) => {
    const { request, response, url } = exchange;
    if (request.method !== "POST" || !OAUTH_PATHS.has(url.pathname)) return next();
    const form = await loadForm(request);
    if (form === undefined) {
      return sendError(response, 400, "invalid_request", "The body must be a form or a flat JSON object.");
    }
    const token = form.get("token");
    const reference =
      token !== null && TOKEN_PATHS.has(url.pathname) ? await signedTokens.toReference(token) : undefined;
    if (reference !== undefined) form.set("token", reference);
    exchange.request = withForm(request, form);
    return next();
  };
}

async function loadForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const type = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  const body = await loadBody(request);
  if (type === "application/json") return parseJsonForm(body);
  return type === "application/x-www-form-urlencoded" || body === "" ? new URLSearchParams(body) : undefined;
}

function parseJsonForm(body: string): URLSearchParams | undefined {
  try {
    const value: unknown = parseJson(body);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const fields = Object.entries(value).filter(([, field]) => field !== null);
    if (fields.some(([, field]) => typeof field === "object")) return undefined;
    return new URLSearchParams(fields.map(([name, field]): [string, string] => [name, String(field)]));
  } catch {
    return undefined;
  }
}
