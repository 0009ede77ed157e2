// One rule as written → one as applied.
import { type LastArgument, type Need, type Requirement, readNeed, toNeedArgument } from "gatewarden";
import { parsePattern } from "./pattern.js";
import { requireSome, toRequirement } from "./requirement.js";
import type { Access, McpRules, Place, Rule } from "./rule.js";
import type { RequirementData, RuleData } from "./schema.js";

/** A part of a rule is wrong. */
export class RuleError extends Error {
  override readonly name = "RuleError";
  /** The member at fault. */
  readonly member: string | undefined;

  constructor(problem: string, member?: string) {
    super(problem);
    this.member = member;
  }
}

/** Throws `RuleError`, `PatternError`, `TypeError` or the library's `ConfigError`. */
export function toRule(data: RuleData, place: Place): Rule {
  return {
    name: data.name ?? `${place.line}:${place.column}`,
    place,
    methods: data.methods === undefined ? undefined : toMethods([data.methods].flat()),
    hosts: data.hosts === undefined ? undefined : toHosts([data.hosts].flat()),
    pattern: parsePattern(data.path),
    access: toAccess(data),
    accessKey: toAccessKey(data),
  };
}

/** Everything but where the rule applies. */
function toAccessKey(data: RuleData): string {
  const { name, path, methods, hosts, ...asked } = data;
  return JSON.stringify(Object.entries(asked).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** HEAD asks for what GET would answer (RFC 9110 §9.3.2), so a rule for GET covers it. */
function toMethods(methods: readonly string[]): ReadonlySet<string> {
  const wrong = methods.find((method) => !/^[A-Z][A-Z-]{0,31}$/.test(method));
  if (wrong !== undefined) throw new RuleError("must name methods in capital letters, such as GET", "methods");
  if (methods.includes("TRACE") || methods.includes("CONNECT"))
    throw new RuleError("names a method that the gateway never allows", "methods");
  return new Set(methods.includes("GET") ? [...methods, "HEAD"] : methods);
}

function toHosts(hosts: readonly string[]): ReadonlySet<string> {
  const isName = (host: string) => /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_-]|\.(?=[a-z0-9_]))*)$/.test(host);
  if (!hosts.every(isName)) throw new RuleError("must name hosts in lower case, without scheme and port", "hosts");
  return new Set(hosts);
}

const kinds = ["public", "optional", "authenticated", "deny", "mcp"] as const;

/** A rule says what it asks for, so that a forgotten requirement is not an open door. */
function toAccess(data: RuleData): Access {
  const requirement = toRequirement(toRequirementData(data));
  const [kind, another] = kinds.filter((one) => data[one] !== undefined);
  if (another !== undefined) throw new RuleError(`cannot be beside "${kind}"`, another);
  if (kind === undefined) {
    if (requirement !== undefined) return toTokenAccess({ requirement });
    throw new RuleError(
      "asks for nothing: add a requirement, or `authenticated`, `optional`, `public` or `deny`: true",
    );
  }
  if (requirement !== undefined && kind !== "optional") throw new RuleError("cannot be beside a requirement", kind);
  switch (kind) {
    case "public":
    case "deny":
      return { kind };
    case "authenticated":
      return toTokenAccess({});
    case "optional":
      return toTokenAccess({ requirement, optional: true });
    case "mcp":
      return { kind, mcp: toMcp(data.mcp ?? {}) };
  }
}

function toTokenAccess({
  requirement,
  optional,
}: {
  readonly requirement?: Requirement | undefined;
  readonly optional?: true;
}): Access {
  return { kind: "token", need: toNeed(requirement, optional) };
}

/** Read once, so that a request costs one look-up. */
export function toNeed(requirement: Requirement | undefined, optional?: true): LastArgument<Need> {
  if (!optional) return requirement === undefined ? [] : [requirement];
  return toNeedArgument(readNeed([{ optional: true, ...(requirement && { requirement }) }]));
}

/** All members but the rule's own: a requirement that is forgotten here would not be checked. */
function toRequirementData(data: RuleData): RequirementData {
  const { name, path, methods, hosts, public: open, optional, authenticated, deny, mcp, ...needs } = data;
  return needs;
}

function toMcp({ requirement, tools, prompts, resources }: NonNullable<RuleData["mcp"]>): McpRules {
  return {
    requirement: requirement && requireSome(requirement),
    tools: tools && toOperations(tools),
    prompts: prompts && toOperations(prompts),
    resources: resources && toOperations(resources),
  };
}

function toOperations(
  operations: Readonly<Record<string, true | RequirementData>>,
): ReadonlyMap<string, Requirement | true> {
  return new Map(Object.entries(operations).map(([name, need]) => [name, need === true || requireSome(need)]));
}
