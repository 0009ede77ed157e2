// An application in CommonJS, tested with Jest as it comes.
const { AuthError, createGuard, permission } = require("gatewarden");
const { protect } = require("gatewarden/express");
const express = require("express");
const { issue, options } = require("./token.cjs");

const guard = createGuard(options);

test("a token is verified", async () => {
  const auth = await guard.verify(issue({ permissions: ["read:admin"] }), permission("read:admin"));
  expect(auth).toMatchObject({ subject: "user|1", permissions: ["read:admin"] });
});

test("a refusal is an AuthError, in Jest's own realm too", async () => {
  const refused = await guard.verify(issue({ aud: "https://other" })).catch((error) => error);
  expect(refused).toBeInstanceOf(AuthError);
  expect(refused.reason).toBe("audience_mismatch");
});

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
