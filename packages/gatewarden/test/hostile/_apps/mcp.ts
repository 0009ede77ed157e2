// The middleware for MCP servers behind express.json, with and without a list of tools.
import { createServer } from "node:http";
import express from "express";
import { protect } from "../../../src/adapters/mcp.js";
import { permission } from "../../../src/index.js";
import { hurry, listening, serve } from "./_serve.js";

await serve((guard) => {
  const app = express().use(express.json({ strict: false, limit: "8mb" }));
  const tools = { whoami: true, list: permission("read:reports") } as const;
  for (const [path, check] of [
    ["/private", protect(guard)],
    ["/tools", protect(guard, { tools })],
  ] as const) {
    app.use(path, check, (_request, response) => void response.json({}));
  }
  return listening(hurry(createServer(app)));
});
