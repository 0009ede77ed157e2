// GraphQL Yoga behind the guard, batches allowed.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { useAuth } from "../../../src/adapters/graphql.js";
import { createResolvers, type GraphqlContext, typeDefs } from "./_graphql.js";
import { listening, serve } from "./_serve.js";

await serve((guard) => {
  const schema = createSchema<GraphqlContext>({ typeDefs, resolvers: createResolvers(guard) });
  const plugins = [useAuth(guard)];
  return listening(
    createServer(createYoga<object, GraphqlContext>({ schema, plugins, batching: true, logging: false })),
  );
});
