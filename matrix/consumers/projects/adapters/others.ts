// The adapters whose frameworks type what they are given by themselves.
import { createServer } from "node:http";
import { initTRPC } from "@trpc/server";
import { Elysia } from "elysia";
import type { Auth } from "gatewarden";
import { createGuard, permission } from "gatewarden";
import { createMacro } from "gatewarden/elysia";
import { protectField, useAuth } from "gatewarden/graphql";
import { protect as protectH3 } from "gatewarden/h3";
import { createIntrospectionClient } from "gatewarden/introspection";
import { type AuthData, protect as protectSocket } from "gatewarden/socket.io";
import { type AuthContext, protect as protectProcedure } from "gatewarden/trpc";
import { protectUpgrade } from "gatewarden/ws";
import { createSchema, createYoga } from "graphql-yoga";
import { H3 } from "h3";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";

const guard = createGuard({
  issuer: "https://acme.eu.auth0.com/",
  audience: "https://api.acme.com",
  introspection: createIntrospectionClient({
    issuer: "https://acme.eu.auth0.com/",
    clientId: "api",
    auth: { clientSecret: "secret" },
  }),
});

export const h3 = new H3().get("/me", (event) => event.context.auth.subject, { middleware: [protectH3(guard)] });

export const elysia = new Elysia()
  .macro(createMacro(guard))
  .get("/me", ({ auth }) => auth.subject ?? "nobody", { auth: permission("read:admin") });

const t = initTRPC.context<AuthContext>().create();
export const router = t.router({ me: t.procedure.use(protectProcedure(guard)).query(({ ctx }) => ctx.auth.subject) });

const resolvers = { Query: { salary: protectField(guard, permission("read:salaries"), () => 100) } };
export const yoga = createYoga({
  schema: createSchema({ typeDefs: "type Query { salary: Int }", resolvers }),
  plugins: [useAuth(guard)],
});

const server = createServer();
const sockets = new WebSocketServer({ noServer: true });
server.on(
  "upgrade",
  protectUpgrade(guard, { sockets, onConnection: (socket, { auth }) => socket.send(auth?.issuer ?? "") }),
);

type Events = Record<string, (...args: never[]) => void>;
const io = new Server<Events, Events, Events, AuthData<Auth>>(server);
io.use(protectSocket(guard));
