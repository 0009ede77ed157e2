// h3 on Node.js behind the guard.
import { createServer } from "node:http";
import { H3, toNodeHandler } from "h3";
import { protect } from "../../../src/adapters/h3.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const app = new H3().use(protect(guard)).all("/private", async (event) => {
    await event.req.text();
    return readFacts(event.context.auth);
  });
  return listening(createServer(toNodeHandler(app)));
});
