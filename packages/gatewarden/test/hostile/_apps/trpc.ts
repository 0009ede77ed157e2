// tRPC behind the guard: queries and mutations that take any input, and a subscription.
import { createServer } from "node:http";
import { initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { type AuthContext, createAuthContext, createResponseMeta, protect } from "../../../src/adapters/trpc.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const t = initTRPC.context<AuthContext>().create();
  const procedure = t.procedure.use(protect(guard)).input((input: unknown) => input);
  const router = t.router({
    private: procedure.query(({ ctx }) => readFacts(ctx.auth)),
    change: procedure.mutation(({ ctx }) => readFacts(ctx.auth)),
    events: procedure.subscription(async function* ({ ctx }) {
      yield readFacts(ctx.auth);
    }),
  });
  const createContext = ({ req }: { req: Parameters<typeof createAuthContext>[0] }) => createAuthContext(req);
  return listening(createServer(createHTTPHandler({ router, createContext, responseMeta: createResponseMeta(guard) })));
});
