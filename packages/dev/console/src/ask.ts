// Sends a request to an API and finds out why it was refused.
import { type Answer, explain, mintToken, type TokenRequest, type TryRequest, tryRequest } from "./client.js";
import type { Exchange, Reason } from "./parts/exchange.js";

export interface Question {
  readonly who: string;
  readonly url: string;
  readonly method: string;
  /** The token to get and to send. Undefined: none. */
  readonly token: TokenRequest | undefined;
  readonly expected?: number | undefined;
  /** The permissions that the route needs, for the explanation. */
  readonly needs: readonly string[];
}

export async function ask({ expected, method, needs, token, url, who }: Question): Promise<Exchange> {
  const minted = token && (await mintToken(token));
  const hasBody = method !== "GET" && method !== "DELETE";
  const request: TryRequest = {
    url,
    method,
    headers: {
      accept: "application/json",
      ...(hasBody && { "content-type": "application/json" }),
      ...(minted && { authorization: `Bearer ${minted.access_token}` }),
    },
    ...(hasBody && { body: "{}" }),
  };
  const answer = await tryRequest(request);
  return {
    who,
    expected,
    request,
    needs,
    answer,
    reason: answer.status < 400 ? undefined : await findReason(answer, request, needs),
  };
}

/**
 * What the API says itself, while developing; else what the tenant finds wrong with the request. An
 * API may not know that its issuer is a local one: the fix for it is the tenant's.
 */
async function findReason(answer: Answer, request: TryRequest, needs: readonly string[]): Promise<Reason> {
  const said = readReason(answer.body);
  if (answer.status >= 500) return said;
  const { authorization } = request.headers;
  const text = `${request.method} / HTTP/1.1\n${authorization ? `authorization: ${authorization}` : ""}`;
  const { findings } = await explain(text, needs.length > 0 ? { permissions: needs } : {});
  const errors = findings.filter(({ severity }) => severity === "error");
  if (said.cause !== undefined) {
    const same = errors.find(({ code }) => code === said.code);
    return same === undefined ? said : { ...said, fix: same.fix };
  }
  const [first] = errors;
  if (first === undefined) return said;
  const { actual, expected, fix } = first;
  return { code: said.code ?? first.code, cause: first.message, fix, expected, actual };
}

function readReason(body: string): Reason {
  const none: Reason = { code: undefined, cause: undefined, fix: undefined, expected: undefined, actual: undefined };
  try {
    const value = JSON.parse(body) as Record<string, unknown>;
    const text = (name: string) => (typeof value[name] === "string" ? value[name] : undefined);
    const code = text("code") ?? text("reason") ?? text("error");
    return { code, cause: text("cause"), fix: text("fix"), expected: value["expected"], actual: value["actual"] };
  } catch {
    return none;
  }
}
