// Requirements as data → the library's own. The library checks their parts.
import {
  actor,
  all,
  any,
  anyActor,
  anyOrganization,
  claim,
  details,
  not,
  organization,
  permission,
  type Requirement,
  role,
  scope,
  stepUp,
} from "gatewarden";
import type { CutOffData, RequirementData } from "./schema.js";

/** Throws the library's `ConfigError`. Undefined if nothing is written. */
export function toRequirement(data: RequirementData): Requirement | undefined {
  const parts = toParts(data);
  return parts.length > 1 ? all(...parts) : parts[0];
}

function toParts(data: RequirementData): readonly Requirement[] {
  const parts: Requirement[] = [];
  if (data.permission !== undefined) parts.push(permission(...[data.permission].flat()));
  if (data.scope !== undefined) parts.push(scope(...[data.scope].flat()));
  if (data.role !== undefined) parts.push(role(...[data.role].flat()));
  if (data.claim !== undefined) parts.push(claim(data.claim.name, data.claim.value));
  if (data.organization !== undefined)
    parts.push(data.organization === "any" ? anyOrganization() : organization(...[data.organization].flat()));
  if (data.actor !== undefined) parts.push(data.actor === "any" ? anyActor() : actor(withoutUndefined(data.actor)));
  if (data.stepUp !== undefined) parts.push(stepUp(withoutUndefined(data.stepUp)));
  if (data.details !== undefined)
    parts.push(details(data.details.type, (data.details.having ?? {}) as Parameters<typeof details>[1] & object));
  if (data.all !== undefined) parts.push(all(...data.all.map(requireSome)));
  if (data.any !== undefined) parts.push(any(...data.any.map(requireSome)));
  if (data.not !== undefined) parts.push(not(requireSome(data.not)));
  return parts;
}

/** An empty part would be met by every token. */
export function requireSome(data: RequirementData): Requirement {
  const requirement = toRequirement(data);
  if (requirement === undefined) throw new TypeError("requires nothing");
  return requirement;
}

/** What an operator's token must grant: all members but the section's own. Throws as above. */
export function toCutOffRequirement({ path, perMinute, tokenLifetime, ...needs }: CutOffData): Requirement {
  return requireSome(needs);
}

/** An undefined term is one that is left out. */
function withoutUndefined<Terms extends object>(terms: Terms): { [Name in keyof Terms]: NonNullable<Terms[Name]> } {
  return Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Terms]: NonNullable<Terms[Name]>;
  };
}
