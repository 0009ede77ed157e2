// `npm run serve`: the page and its settings, from the environment.
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { startNode } from "../../fastify/test/support/child.js";

const script = fileURLToPath(new URL("../scripts/serve.mjs", import.meta.url));

test("serves the page with the settings of the environment, and ends with SIGTERM", async () => {
  const env = { PORT: "0", ISSUER_BASE_URL: "https://issuer.example/", AUDIENCE: "https://api.example" };
  const child = startNode([script], { env: { ...env, API_URL: "https://api.example" } });
  onTestFinished(() => void child.process.kill("SIGKILL"));
  const url = await vi.waitFor(() => {
    const [, found] = /Server listening at (\S+)/.exec(child.stdout()) ?? [];
    expect(found, child.stderr()).toBeDefined();
    return found ?? "";
  }, 60_000);
  const page = await fetch(url);
  expect(await page.text()).toContain("A page and a protected API");
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain("connect-src 'self' https://issuer.example https://api.example;");
  expect(await (await fetch(`${url}/settings.json`)).json()).toEqual({
    issuer: "https://issuer.example/",
    audience: "https://api.example",
    clientId: "spa",
    api: "https://api.example",
  });
  expect((await fetch(`${url}/../package.json`)).status).toBe(404);
  child.process.kill("SIGTERM");
  expect(await child.exit).toBe(0);
});
