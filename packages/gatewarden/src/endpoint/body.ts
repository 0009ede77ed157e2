// What a request's body must be: its media type, one parameter of a form, one JSON object.
import { type RequestHeaders, readHeader } from "../request/credentials.js";
import { isObject, type JsonObject, member, readJsonObject } from "../token/json.js";
import type { ReceivedBody } from "./endpoint.js";

/** The media type of a body without its parameters, in lower case (RFC 9110 §8.3.1). */
export function readMediaType(headers: RequestHeaders): string | undefined {
  const value = readHeader(headers, "content-type");
  return typeof value === "string" ? value.split(";", 1)[0]?.trim().toLowerCase() : undefined;
}

/**
 * One parameter of a form (application/x-www-form-urlencoded). Undefined if it is absent, empty or
 * repeated: of two values, another reader may take the other one (RFC 6749 §3.2).
 */
export function readFormParameter(body: ReceivedBody, name: string): string | undefined {
  const value = "text" in body ? readFromText(body.text, name) : "parsed" in body ? readOwn(body.parsed, name) : [];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readFromText(text: string, name: string): unknown {
  const values = new URLSearchParams(text).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/** Body parsers of frameworks make an object without a class, or a list of a repeated name. */
function readOwn(parsed: unknown, name: string): unknown {
  return isObject(parsed) ? member(parsed, name) : undefined;
}

/** The JSON object of a body. Undefined for anything else. */
export function readJsonBody(body: ReceivedBody): JsonObject | undefined {
  if ("text" in body) return readJsonObject(body.text);
  return "parsed" in body && isObject(body.parsed) ? body.parsed : undefined;
}
