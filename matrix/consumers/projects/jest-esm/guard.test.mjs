// An application in ES modules, tested with Jest under --experimental-vm-modules.
import * as gatewarden from "gatewarden";
import { protect } from "gatewarden/hono";
import { Hono } from "hono";
import { describeGuard } from "./suite.cjs";
import { issue } from "./token.cjs";

const guard = describeGuard(gatewarden);

test("a Hono application is protected", async () => {
  const app = new Hono().get("/", protect(guard), (context) => context.json({ user: context.var.auth.subject }));
  const response = await app.request("/", { headers: { authorization: `Bearer ${issue()}` } });
  expect(await response.json()).toEqual({ user: "user|1" });
  expect((await app.request("/")).status).toBe(401);
});
