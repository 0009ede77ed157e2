// Reads which token is wanted. A mistake here is the developer's, so it is a `ConfigError`.
import { ConfigError } from "../../errors.js";
import type { ExchangeTarget } from "../exchange.js";

/** A target with complete lists. */
export interface WantedToken {
  readonly audiences: readonly string[];
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  /** The same text for the same token, whatever the order of scopes. */
  readonly key: string;
}

const example = '{ audience: "https://orders.acme.com", scope: "read:orders" }';
const members = ["audience", "scope", "resource"];
const longest = 2048;
/** RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Throws `ConfigError`, also for a target that wants nothing: the server would choose. */
export function requireTarget(target: ExchangeTarget): WantedToken {
  if (typeof target !== "object" || target === null) throw toTargetError("target", "must be an object");
  const unknown = Object.keys(target).find((name) => !members.includes(name));
  if (unknown !== undefined) throw toTargetError(unknown.slice(0, 40), `is unknown; there are ${members.join(", ")}`);
  const audiences = requireTexts("audience", target.audience);
  const scopes = requireTexts("scope", target.scope).flatMap((text) => text.split(" ").filter(Boolean));
  const resources = requireTexts("resource", target.resource);
  if (!scopes.every((one) => scopeToken.test(one))) throw toTargetError("scope", "has characters that no scope has");
  if (!resources.every(isResource))
    throw toTargetError("resource", "must be absolute URLs without a fragment (RFC 8707 §2)");
  if (audiences.length + scopes.length + resources.length === 0) {
    throw toTargetError("target", "names neither audience, scope nor resource");
  }
  const key = JSON.stringify([[...audiences].sort(), [...new Set(scopes)].sort(), [...resources].sort()]);
  return { audiences, scopes, resources, key };
}

function requireTexts(option: string, given: unknown): readonly string[] {
  if (given === undefined) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length > 0 && list.every(isText)) return [...list];
  throw toTargetError(option, `must be text, or a list of text, of at most ${longest} characters`);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= longest;
}

function isResource(text: string): boolean {
  return URL.canParse(text) && !text.includes("#");
}

/** The error for a target that cannot be asked for. */
export function toTargetError(option: string, problem: string): ConfigError {
  return new ConfigError({ option, problem, example });
}
