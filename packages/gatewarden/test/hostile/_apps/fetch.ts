// A fetch handler on Node.js behind the guard.
import { createAdaptorServer } from "@hono/node-server";
import { protect } from "../../../src/adapters/fetch.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const fetch = protect(guard, async (request, auth) => {
    await request.text();
    return new Response(readFacts(auth));
  });
  return listening(createAdaptorServer({ fetch }));
});
