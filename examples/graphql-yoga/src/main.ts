// Protected fields with GraphQL Yoga. Whose tokens they accept is in the environment.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { type Auth, createGuard, permission } from "gatewarden";
import { type AuthContext, protectField, useAuth } from "gatewarden/graphql";
import { createSchema, createYoga } from "graphql-yoga";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origins = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

const guard = createGuard();
const schema = createSchema<AuthContext<Auth | undefined>>({
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

const yoga = createYoga({
  schema,
  // A request without a token may ask for the public field.
  plugins: [useAuth(guard, { optional: true })],
  // A list would allow the origin "null" to pages that it does not name.
  cors: ({ headers }) => {
    const origin = headers.get("origin") ?? "";
    return origins.includes(origin) && { origin, exposedHeaders: ["WWW-Authenticate"], credentials: false };
  },
  landingPage: false,
});
const server = createServer(yoga);
server.listen(port, host, () => console.log(`GraphQL Yoga at http://${host}:${port}/graphql`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
