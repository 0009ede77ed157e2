// What a Lambda function answers, in the form that the sender of its event expects.
import type { Refusal } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import type { LambdaShape } from "./_lambda-event.js";

/**
 * The answer to a refused request, in the shape of its event. It is assignable to the results of
 * `@types/aws-lambda`.
 */
export interface RefusalResult {
  statusCode: number;
  /** For load balancers, such as `401 Unauthorized`. */
  statusDescription?: string;
  headers?: { [name: string]: string };
  multiValueHeaders?: { [name: string]: string[] };
  body: string;
  isBase64Encoded: boolean;
}

const phrases: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  405: "Method Not Allowed",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The refusal as a result. */
export function toRefusalResult(shape: LambdaShape, { status, headers, body }: Refusal): RefusalResult {
  const lists = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as [string, string[]]);
  lists.push([exposedHeaders, [toExposed(undefined, headers)]], ["content-type", ["application/json; charset=utf-8"]]);
  return {
    statusCode: status,
    ...(shape.startsWith("alb") && { statusDescription: `${status} ${phrases[status] ?? "Error"}` }),
    ...toResultHeaders(
      shape,
      lists.filter(([, values]) => values.join() !== ""),
    ),
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

/** The answer of an endpoint as a result. */
export function toEndpointResult(
  shape: LambdaShape,
  { status, headers, body }: Pick<Refusal, "status" | "headers"> & { readonly body: string },
): RefusalResult {
  const lists = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as [string, string[]]);
  return {
    statusCode: status,
    ...(shape.startsWith("alb") && { statusDescription: `${status} ${phrases[status] ?? "Error"}` }),
    ...toResultHeaders(shape, lists),
    body,
    isBase64Encoded: false,
  };
}

/** Answers a CORS preflight that nothing answered before. */
export function toNoContent(shape: LambdaShape): RefusalResult {
  return {
    statusCode: 204,
    ...(shape.startsWith("alb") && { statusDescription: "204 No Content" }),
    ...toResultHeaders(shape, []),
    body: "",
    isBase64Encoded: false,
  };
}

type ResultHeaders = Pick<RefusalResult, "headers" | "multiValueHeaders">;

/**
 * Format 2.0 and load balancers without multi-value headers take one value per name, so challenges
 * are joined (RFC 9110 §11.6.1 allows the list).
 */
function toResultHeaders(shape: LambdaShape, lists: readonly [string, string[]][]): ResultHeaders {
  if (shape === "alb-multi") return { multiValueHeaders: Object.fromEntries(lists) };
  const isMulti = ([, values]: [string, string[]]) => shape === "rest" && values.length > 1;
  const several = lists.filter(isMulti);
  const single = lists.filter((list) => !isMulti(list)).map(([name, values]) => [name, values.join(", ")]);
  return {
    headers: Object.fromEntries(single),
    ...(several.length > 0 && { multiValueHeaders: Object.fromEntries(several) }),
  };
}

/** Adds headers to a copy of what the handler answered. Usually there are none. */
export function addResultHeaders(
  shape: LambdaShape,
  result: unknown,
  headers: Readonly<Record<string, string>> | undefined,
): unknown {
  const whole = headers && readResult(shape, result);
  if (!whole) return result;
  const [single, multi] = [{ ...whole.headers }, { ...whole.multiValueHeaders }];
  const exposed = toExposed([takeExposed(single), takeExposed(multi)].flat(2), headers);
  for (const [name, value] of Object.entries({ ...headers, [exposedHeaders]: exposed })) {
    if (shape === "alb-multi") multi[name] = [value];
    else single[name] = value;
  }
  return { ...whole, headers: single, ...(Object.keys(multi).length > 0 && { multiValueHeaders: multi }) };
}

interface Result {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly multiValueHeaders?: Readonly<Record<string, unknown>>;
}

/**
 * A result that can have headers. Where format 2.0 has no `statusCode`, it makes this answer of the
 * result. Undefined for other results, which AWS refuses.
 */
function readResult(shape: LambdaShape, result: unknown): Result | undefined {
  if (typeof result === "object" && result !== null && "statusCode" in result) return result as Result;
  if (shape !== "http") return undefined;
  const body = typeof result === "string" ? result : JSON.stringify(result);
  const headers = { "content-type": "application/json" };
  return { statusCode: 200, headers, body } as Result;
}

/** What the application exposes already. It is taken out, since it is set again under our name. */
function takeExposed(headers: Record<string, unknown>): unknown[] {
  const names = Object.keys(headers).filter((name) => name.toLowerCase() === exposedHeaders);
  return names.map((name) => {
    const value = headers[name];
    delete headers[name];
    return value;
  });
}
