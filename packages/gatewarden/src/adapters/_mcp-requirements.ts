// MCP: what tools, resources and prompts need, read once. One table drives calls, lists, challenges
// and the agent card.
import { all, ConfigError, checkRequirement, type Requirement } from "../index.js";
import { isMcpObject, type Kind, type McpAsked } from "./_mcp-messages.js";
import { isTemplate, matchesTemplate, readUriForms } from "./_mcp-uri.js";

/** Needs by name. `true` adds nothing to what every message needs. */
export type NeedsByName = Readonly<Record<string, Requirement | true>>;

/**
 * What MCP messages need beyond a valid token. Once a kind is listed, its list answers show a
 * caller only what it may use, and what is not listed is refused (403) and hidden. So a misspelt
 * name opens nothing.
 */
export interface McpRequirements {
  /** What every message needs. */
  readonly requirement?: Requirement;
  /** What each tool needs besides, by its exact name: for `tools/call` and `tools/list`. */
  readonly tools?: NeedsByName;
  /**
   * What each resource needs besides, by its URI or by its URI template: for reading, subscribing,
   * completions and lists. If several templates match a URI, all their needs must be met. A URI
   * listed as it is stands for itself.
   */
  readonly resources?: NeedsByName;
  /** What each prompt needs besides, by its exact name: for getting, completions and lists. */
  readonly prompts?: NeedsByName;
}

/** What something needs. Undefined within it: a valid token is enough. */
export interface McpNeed {
  readonly requirement: Requirement | undefined;
}

/** The needs of an endpoint. */
export interface McpNeeds {
  /** What every message needs. */
  readonly base: Requirement | undefined;
  /** Whether messages must be read: at least one kind is listed. */
  readonly isListed: (kind?: Kind) => boolean;
  /** What one thing needs. Undefined if its kind is listed and it is not. */
  readonly find: (asked: McpAsked) => McpNeed | undefined;
  /** What all of them need together. Undefined if one is not listed. */
  readonly findAll: (asked: readonly McpAsked[]) => McpNeed | undefined;
}

/** Reads the requirements. Throws `ConfigError` for values that would protect nothing. */
export function createNeeds(requirements: McpRequirements): McpNeeds {
  requireMcpRequirements(requirements);
  const { requirement: base } = requirements;
  const common: McpNeed = { requirement: base };
  const tables = new Map(
    kinds.flatMap((kind) => (requirements[kind] ? [[kind, toTable(requirements[kind], base)]] : [])),
  );
  const find = ({ kind, name }: McpAsked): McpNeed | undefined => {
    const table = tables.get(kind);
    if (table === undefined) return common;
    return table.names.get(name) ?? (kind === "resources" ? findByUri(table, name) : undefined);
  };
  const findAll = (asked: readonly McpAsked[]): McpNeed | undefined => {
    const found: McpNeed[] = [];
    for (const one of asked) {
      const need = find(one);
      if (need === undefined) return undefined;
      found.push(need);
    }
    return found.length === 0 ? common : joinNeeds(found);
  };
  return { base, isListed: (kind) => (kind ? tables.has(kind) : tables.size > 0), find, findAll };
}

const kinds = ["tools", "resources", "prompts"] as const;

/** What is listed of a kind. Maps, so that `__proto__` and similar are just names (CWE-1321). */
interface Table {
  readonly names: ReadonlyMap<string, McpNeed>;
  /** All but the templates, by each form in which a URI may be looked up. */
  readonly forms: ReadonlyMap<string, McpNeed>;
  readonly templates: readonly (readonly [template: string, need: McpNeed])[];
}

function toTable(needs: NeedsByName, base: Requirement | undefined): Table {
  const common = base ? [base] : [];
  const toNeed = (need: Requirement | true) => ({ requirement: combine(need === true ? common : [...common, need]) });
  const entries = Object.entries(needs).map(([name, need]) => [name, toNeed(need)] as const);
  const forms = new Map<string, McpNeed>();
  for (const [name, need] of entries.filter(([name]) => !isTemplate(name))) {
    for (const form of readUriForms(name)) if (!forms.has(form)) forms.set(form, need);
  }
  return { names: new Map(entries), forms, templates: entries.filter(([name]) => isTemplate(name)) };
}

/** The need of the URI in every form in which a server may look it up: all must be listed. */
function findByUri(table: Table, uri: string): McpNeed | undefined {
  const found = readUriForms(uri).map((form) => findByForm(table, form));
  return found.every((need) => need !== undefined) ? joinNeeds(found) : undefined;
}

function findByForm({ forms, templates }: Table, form: string): McpNeed | undefined {
  const listed = forms.get(form);
  if (listed !== undefined) return listed;
  const matching = templates.filter(([template]) => matchesTemplate(template, form));
  return matching.length > 0 ? joinNeeds(matching.map(([, need]) => need)) : undefined;
}

function joinNeeds(needs: readonly McpNeed[]): McpNeed {
  const [first, ...others] = [...new Set(needs)];
  if (first && others.length === 0) return first;
  return { requirement: combine([...new Set(needs.flatMap(({ requirement }) => requirement ?? []))]) };
}

function combine(parts: readonly Requirement[]): Requirement | undefined {
  return parts.length > 1 ? all(...parts) : parts[0];
}

/** An undefined member or a misspelt name must not open anything. */
function requireMcpRequirements(requirements: McpRequirements): void {
  const known: readonly string[] = ["requirement", ...kinds];
  const given: object = requirements;
  const isKnown = isMcpObject(given) && Object.keys(given).every((name) => known.includes(name));
  if (!isKnown) throw new ConfigError(unknownMember);
  if (Object.hasOwn(requirements, "requirement")) checkRequirement(requirements.requirement as Requirement);
  for (const kind of kinds.filter((one) => Object.hasOwn(requirements, one))) {
    const needs = requirements[kind];
    if (!isMcpObject(needs)) throw new ConfigError({ option: kind, problem: "must be an object of names", example });
    for (const need of Object.values(needs ?? {})) if (need !== true) checkRequirement(need);
  }
}

const example = 'protect(guard, { requirement: permission("use:mcp"), tools: { whoami: true } })';
const problem = "may have `requirement`, `tools`, `resources` and `prompts` only";
const unknownMember = { option: "requirements", problem, example };
