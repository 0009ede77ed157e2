// Apollo Server on Express behind the guard, batches allowed. Apollo's standalone server cannot
// stand here: a malformed absolute URL ends its process before it asks for a context.
import { createServer } from "node:http";
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import express from "express";
import { createAuthContext } from "../../../src/adapters/graphql.js";
import { createResolvers, type GraphqlContext, typeDefs } from "./_graphql.js";
import { listening, serve } from "./_serve.js";

await serve(async (guard) => {
  const readAuth = createAuthContext(guard);
  const server = new ApolloServer<GraphqlContext>({
    ...{ typeDefs, resolvers: createResolvers(guard), allowBatchedHttpRequests: true },
  });
  await server.start();
  const app = express().use(express.json({ strict: false, limit: "8mb" }));
  app.use("/graphql", expressMiddleware(server, { context: ({ req, res }) => readAuth(req, res) }));
  return listening(createServer(app));
});
