// An application in ES modules, tested with Jest under --experimental-vm-modules.
import { AuthError, createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/hono";
import { Hono } from "hono";
import { issue, options } from "./token.cjs";

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

test("a Hono application is protected", async () => {
  const app = new Hono().get("/", protect(guard), (context) => context.json({ user: context.var.auth.subject }));
  const response = await app.request("/", { headers: { authorization: `Bearer ${issue()}` } });
  expect(await response.json()).toEqual({ user: "user|1" });
  expect((await app.request("/")).status).toBe(401);
});
