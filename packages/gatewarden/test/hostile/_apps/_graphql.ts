// The schema that GraphQL servers answer by: a field that takes anything, and one that is protected
// by itself.
import { protectField, type RequestContext } from "../../../src/adapters/graphql.js";
import { type Auth, type Guard, permission } from "../../../src/index.js";
import { readFacts } from "./_serve.js";

export const typeDefs = "input Any { any: Any, text: String } type Query { me(any: Any): String, salary: Int }";

export interface GraphqlContext extends RequestContext {
  readonly auth: Auth;
}

export function createResolvers(guard: Guard): object & { readonly Query: Record<string, never> } {
  const Query = {
    me: (_source: unknown, _args: unknown, { auth }: GraphqlContext) => readFacts(auth),
    salary: protectField(guard, permission("read:reports"), () => 100),
  };
  return { Query: Query as never };
}
