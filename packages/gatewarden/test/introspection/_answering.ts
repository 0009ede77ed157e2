// A guard whose introspection endpoint is a function, and what the function answers.
import { createGuard, type GuardOptions, type Introspect, type IntrospectionOptions } from "gatewarden";
import { vi } from "vitest";
import { start } from "../support/clock.js";
import { audience, options } from "../support/keys.js";

export type Claims = Readonly<Record<string, unknown>>;

export function active(changes: Claims = {}): Claims & { active: boolean } {
  return { active: true, sub: "user|1", aud: audience, exp: start + 300, token_type: "Bearer", ...changes };
}

export function answering(changes: Claims = {}) {
  return vi.fn<Introspect>(async () => active(changes));
}

export function guardWith(introspection: Introspect | IntrospectionOptions, changes: GuardOptions = {}) {
  return createGuard(options({ introspection, ...changes }));
}
