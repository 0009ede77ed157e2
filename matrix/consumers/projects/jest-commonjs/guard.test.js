// An application in CommonJS, tested with Jest.
const gatewarden = require("gatewarden");
const { protect } = require("gatewarden/express");
const express = require("express");
const { describeGuard } = require("./suite.cjs");
const { issue } = require("./token.cjs");

const guard = describeGuard(gatewarden);

test("an Express application is protected", async () => {
  const app = express();
  app.get("/", protect(guard), (request, response) => response.json({ user: request.auth.subject }));
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const url = `http://127.0.0.1:${server.address().port}/`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${issue()}` } });
  expect(await response.json()).toEqual({ user: "user|1" });
  expect((await fetch(url)).status).toBe(401);
  server.closeAllConnections();
  server.close();
});
