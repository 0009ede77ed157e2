// The Fastify plugin publishes the metadata of the guard's resource (RFC 9728), over real sockets.
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { type GatewardenFastifyOptions, gatewarden } from "../../src/adapters/fastify.js";
import { createGuard, stepUp } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { start } from "../support/clock.js";
import { options, token } from "../support/keys.js";

const resource = "https://api.test/v1:beta/orders";
const path = "/.well-known/oauth-protected-resource/v1:beta/orders";
const guard = createGuard(options({ resource }));
const running: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function createApp(settings: Partial<GatewardenFastifyOptions> = {}): Promise<FastifyInstance> {
  const app = fastify();
  running.push(app);
  await app.register(gatewarden, { guard, ...settings });
  return app;
}

async function listen(app: FastifyInstance): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  return (to, init) => fetch(`${origin}${to}`, init);
}

describe("the metadata of the resource", () => {
  test("is served at its well-known path, colons in it included", async () => {
    const call = await listen(await createApp());
    const response = await call(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toMatchObject({ resource, authorization_servers: ["https://issuer.test/"] });
  });

  test("is there for HEAD too", async () => {
    const call = await listen(await createApp());
    const response = await call(path, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("is public even where every route needs a token", async () => {
    const app = await createApp({ auth: true });
    app.get("/private", () => "in");
    const call = await listen(app);
    expect((await call(path)).status).toBe(200);
    expect((await call(path, { method: "HEAD" })).status).toBe(200);
    expect((await call("/private")).status).toBe(401);
  });

  test("does not depend on the Host that a caller makes up (RFC 9728 §3)", async () => {
    const app = await createApp({ auth: true });
    app.get("/private", () => "in");
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example" };
    const metadata = await app.inject({ url: path, headers });
    const refused = await app.inject({ url: "/private", headers });
    expect(metadata.json()).toMatchObject({ resource });
    expect(parseChallenge(String(refused.headers["www-authenticate"])).parameters["resource_metadata"]).toBe(
      `https://api.test${path}`,
    );
  });

  test("is not there when no resource is configured", async () => {
    const call = await listen(await createApp({ guard: createGuard(options()) }));
    expect((await call("/.well-known/oauth-protected-resource")).status).toBe(404);
  });

  test("is left to the application when it says so", async () => {
    const call = await listen(await createApp({ serveMetadata: false }));
    expect((await call(path)).status).toBe(404);
  });

  test("is served once when the plugin is registered twice", async () => {
    const app = await createApp();
    await app.register(gatewarden, { guard });
    const call = await listen(app);
    expect((await call(path)).status).toBe(200);
  });

  test("cannot be served under a prefix, and says so at start-up", async () => {
    const app = fastify();
    running.push(app);
    app.register(async (part) => void (await part.register(gatewarden, { guard })), { prefix: "/v1" });
    await expect(app.ready()).rejects.toThrow(/under the prefix "\/v1" cannot serve the metadata/);
  });
});

test("a route with a step-up asks for a new login, and lets it in (RFC 9470)", async () => {
  const app = await createApp();
  app.post("/transfer", { auth: stepUp({ acrValues: ["gold"], maxAge: 300 }) }, () => "done");
  const call = await listen(app);
  const send = (claims: Record<string, unknown>) =>
    call("/transfer", { method: "POST", headers: { authorization: `Bearer ${token(claims)}` } });
  const refused = await send({ acr: "gold", auth_time: start - 3600 });
  expect(refused.status).toBe(401);
  expect(parseChallenge(refused.headers.get("www-authenticate") ?? "").parameters).toMatchObject({
    error: "insufficient_user_authentication",
    acr_values: "gold",
    max_age: "300",
  });
  expect((await send({ acr: "gold", auth_time: start - 10 })).status).toBe(200);
});
