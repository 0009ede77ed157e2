// Express behind the guard.
import { createServer } from "node:http";
import express from "express";
import { protect } from "../../../src/adapters/express.js";
import { hurry, listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const app = express().set("env", "test");
  app.use("/private", protect(guard), express.json({ strict: false }), (request, response) => {
    response.send(readFacts(request.auth));
  });
  return listening(hurry(createServer(app)));
});
