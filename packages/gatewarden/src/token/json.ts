// JSON as tokens require it: UTF-8, an object, unique member names, limited depth (RFC 7515 §5.2,
// RFC 7519 §4 and §7.2).

import { isShortest } from "../fast/json-length.js";

/** A JSON object. Members are own data properties, whatever their names. */
export type JsonObject = Readonly<Record<string, unknown>>;

const maxDepth = 32;

/** The object that the text encodes, or undefined where it encodes no valid object. */
export function readJsonObject(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  if (isShortest(text, value)) return value;
  // For duplicate names JSON.parse keeps the last value, while another reader may keep the first
  // (RFC 7519 §4, RFC 8725 §2.4). Every member writes one colon, so more colons than members means
  // a duplicate name.
  if (countMembers(value, 0) !== countColons(text)) return undefined;
  return hasLoneSurrogate(text, value) ? undefined : value;
}

/** Whether the value is a JSON object, rather than an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is a list, or an object without a class: what JSON could have made. */
export function isPlainData(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}

/**
 * The object's own member. Properties of `Object.prototype`, original or polluted, are not claims
 * (CWE-1321).
 */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The own member, if it is text. */
export function readTextMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === "string" ? value : undefined;
}

/** A deep copy; values that are not JSON are kept as they are. */
export function copyJson<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyJson) as Value;
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  // `fromEntries` defines members, so that one named `__proto__` stays a member (CWE-1321).
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copyJson(one)])) as Value;
}

function countMembers(value: object, depth: number): number {
  if (depth > maxDepth) return Number.NaN;
  const children: readonly unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : children.length;
  for (const child of children) {
    if (typeof child === "object" && child !== null) count += countMembers(child, depth + 1);
  }
  return count;
}

/**
 * Colons outside strings, in text that JSON.parse accepted: there, a colon always follows a
 * member's name.
 */
function countColons(text: string): number {
  let count = 0;
  let open = text.indexOf('"');
  while (open !== -1) {
    let next = endOfString(text, open) + 1;
    while (isWhitespace(text.charCodeAt(next))) next++;
    if (text.charCodeAt(next) === 0x3a) count++;
    open = text.indexOf('"', next);
  }
  return count;
}

/**
 * An unpaired surrogate becomes U+FFFD in UTF-8, so two subjects could look alike (RFC 8259 §8.2).
 */
function hasLoneSurrogate(text: string, value: JsonObject): boolean {
  // Only an escape can produce one, and JSON.stringify escapes exactly the unpaired ones.
  return /\\u[dD][89a-fA-F]/.test(text) && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}

function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(position - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}

function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
