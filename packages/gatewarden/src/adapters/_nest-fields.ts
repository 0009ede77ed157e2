// Nest: GraphQL fields, for which Nest runs guards only on request.
import type { ModulesContainer } from "@nestjs/core";
import { ConfigError } from "../index.js";
import { type HandlerSaying, listMethods, readSaying } from "./_nest-need.js";

type NestModule = ModulesContainer extends Map<string, infer One> ? One : never;

/** The options of a GraphQL module that matter here. */
interface GraphqlOptions {
  readonly fieldResolverEnhancers?: readonly string[];
  readonly include?: readonly unknown[];
}

const graphqlOptionsToken = "GqlModuleOptions";
const fieldKey = "graphql:resolve_property";
const referenceKey = "graphql:resolve_reference";
/** Nest never guards it: it only returns the name of a type. */
const typeName = "__resolveType";

/**
 * Throws `ConfigError` if a field has a need that nothing would check (CWE-862). A field without a
 * need belongs to a query that was checked. An entity of a federated schema does not, so it must be
 * checked itself unless it is public.
 */
export function requireCheckedFields(modules: readonly NestModule[]): void {
  for (const { providers } of modules) {
    const options = providers.get(graphqlOptionsToken)?.instance as GraphqlOptions | undefined;
    if (!options || options.fieldResolverEnhancers?.includes("guards")) continue;
    for (const module of listExplored(modules, options.include ?? [])) requireCheckedFieldsOf(module);
  }
}

/** The modules that provide the schema's resolvers: all, or the included ones and their imports. */
function listExplored(modules: readonly NestModule[], include: readonly unknown[]): Iterable<NestModule> {
  if (include.length === 0) return modules;
  const explored = new Set(modules.filter(({ metatype }) => include.includes(metatype)));
  // Iterating a set also visits what is added meanwhile.
  for (const { imports } of explored) for (const one of imports) explored.add(one);
  return explored;
}

function requireCheckedFieldsOf({ providers }: NestModule): void {
  for (const { metatype } of providers.values()) {
    if (typeof metatype !== "function") continue;
    for (const { name, method } of listMethods(metatype)) {
      if (name === typeName || !isUnchecked(method, readSaying(metatype, method))) continue;
      throw new ConfigError({ option: `${metatype.name}.${String(name)}`, ...unchecked });
    }
  }
}

function isUnchecked(method: object, saying: HandlerSaying): boolean {
  if (Reflect.hasMetadata(referenceKey, method)) return saying !== "public";
  return Reflect.hasMetadata(fieldKey, method) && saying === "need";
}

const unchecked = {
  problem: "needs a token that would never be checked, since Nest runs guards for GraphQL fields only on request",
  example: 'GraphQLModule.forRoot({ fieldResolverEnhancers: ["guards"] })',
};
