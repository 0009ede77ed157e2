// The option `resource`: what this API publishes about itself (RFC 9728). Every mistake is reported
// here, at creation.
import { isSafeUrl } from "../issuer/url.js";
import type { ResourceOptions } from "../request/metadata.js";
import { isScopeToken } from "../requirements/validate.js";
import { toOptionError, toValueError } from "./option-table.js";
import { requireOptions } from "./require-options.js";

/** The resource, checked. Throws `ConfigError`. */
export function requireResource(option: string | ResourceOptions | undefined): ResourceOptions | undefined {
  if (option === undefined) return undefined;
  const resource: ResourceOptions = typeof option === "object" && option !== null ? option : { url: option };
  requireOptions("resource", resource);
  requireUrl(typeof option === "string" ? "resource" : "resource.url", resource.url);
  requirePage("documentation", resource.documentation);
  requirePage("policy", resource.policy);
  requirePage("terms", resource.terms);
  requireList("scopes", resource.scopes, isScopeToken);
  requireList("detailsTypes", resource.detailsTypes, isTextNotBlank);
  if (resource.name === undefined || isTextNotBlank(resource.name)) return { ...resource };
  throw toOptionError("resource.name", "must be text");
}

function requireUrl(option: string, url: unknown): void {
  const problem = findUrlProblem(url);
  if (problem === undefined) return;
  throw toOptionError(option, `is ${JSON.stringify(url)}; ${problem}`);
}

/**
 * A resource identifier is an https URL without fragment (RFC 9728 §1.2), as clients will repeat it
 * (RFC 8707 §2).
 */
function findUrlProblem(url: unknown): string | undefined {
  if (typeof url !== "string" || !URL.canParse(url)) return "it must be this API's own URL, as clients write it";
  // Excludes blanks and control characters, which the URL parser would silently drop, and
  // characters that a challenge would have to escape.
  if (!/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(url)) return "it holds characters that no URL has";
  if (url.includes("#")) return "a resource has no fragment (RFC 9728 §1.2)";
  return isSafeUrl(url) ? undefined : "it must be an https URL without user name (http only on this machine itself)";
}

function requirePage(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "string" && /^https?:/.test(value) && URL.canParse(value))) return;
  throw toValueError(`resource.${name}`, value);
}

function requireList(name: string, list: unknown, isGood: (one: string) => boolean): void {
  if (list === undefined) return;
  if (Array.isArray(list) && list.every((one) => typeof one === "string" && isGood(one))) return;
  throw toValueError(`resource.${name}`, list);
}

function isTextNotBlank(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
