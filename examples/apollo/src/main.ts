// Protected fields with Apollo Server. Whose tokens they accept is in the environment.
import { existsSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import cors from "cors";
import express from "express";
import { type Auth, createGuard, permission } from "gatewarden";
import { type AuthContext, createAuthContext, protectField } from "gatewarden/graphql";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const apollo = new ApolloServer<AuthContext<Auth | undefined>>({
  typeDefs: `
    type Message { message: String! }
    type Private { message: String! user_id: String }
    type User { subject: String email: String plan: String }
    type Query { public: Message! private: Private admin: Message user: User }
  `,
  resolvers: {
    Query: {
      public: () => ({ message: "Public endpoint" }),
      private: protectField(guard, (_source, _args, { auth }) => ({
        message: "Private endpoint",
        user_id: auth.subject,
      })),
      admin: protectField(guard, permission("read:admin"), () => ({ message: "Admin endpoint" })),
      user: protectField(guard, (_source, _args, { auth: { subject, claims } }) => {
        const email = claims["https://gatewarden.local/email"];
        return { subject, email, plan: claims["https://gatewarden.local/plan"] };
      }),
    },
  },
});
await apollo.start();

// A request without a token may ask for the public field.
const readAuth = createAuthContext(guard, { optional: true });
const app = express();
app.use("/graphql", cors({ origin, exposedHeaders: ["WWW-Authenticate"] }), express.json());
app.use("/graphql", expressMiddleware(apollo, { context: ({ req, res }) => readAuth(req, res) }));

const server = app.listen(port, host, () => console.log(`Apollo Server at http://${host}:${port}/graphql`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
