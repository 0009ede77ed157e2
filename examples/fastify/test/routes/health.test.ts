// The health check: can this API check access tokens?
import { createTenant } from "@gatewarden/dev";
import { expect, test, vi } from "vitest";
import { startApp, startExample } from "../support/example.js";

async function readHealth(url: string) {
  const response = await fetch(`${url}/healthz`);
  return { status: response.status, body: await response.json() };
}

test("is ready once the issuer's keys are at hand, and asks for no token", async () => {
  const example = await startExample();
  expect(await readHealth(example.url)).toEqual({ status: 200, body: { status: "ready" } });
  await example.close();
});

test("stays ready while the issuer is down, as long as cached keys serve", async () => {
  const example = await startExample();
  await readHealth(example.url);
  await example.tenant.close();
  expect(await readHealth(example.url)).toEqual({ status: 200, body: { status: "ready" } });
  await example.close();
});

test("is not ready while the issuer has never answered, and recovers by itself", async () => {
  const { port, issuer, audience, close } = await createTenant({ port: 0 });
  await close();
  const app = await startApp({ ISSUER_BASE_URL: issuer, AUDIENCE: audience });
  expect(await readHealth(app.url)).toEqual({ status: 503, body: { status: "not ready" } });
  expect(app.lines).toContainEqual(
    expect.objectContaining({ health: "not ready", reasons: [expect.stringContaining("were never loaded")] }),
  );
  expect((await fetch(`${app.url}/api/public`)).status).toBe(200);

  const tenant = await createTenant({ port });
  // After a failure the issuer is left alone for a moment, however often this is asked.
  const recovered = { status: 200, body: { status: "ready" } };
  await vi.waitFor(async () => expect(await readHealth(app.url)).toEqual(recovered), 10_000);
  await app.close();
  await tenant.close();
});
