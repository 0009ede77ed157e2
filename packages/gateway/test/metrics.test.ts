// What operators read: metrics and health, of one process and of several.
import { describe, expect, test } from "vitest";
import { mergeMetrics } from "../src/metrics/merge.js";
import { send, startTestGateway } from "./support/gateway.js";

const rules = "rules: [{ path: /public, public: true }, { path: /**, authenticated: true }]\n";
const get = (address: string | undefined, path: string, method = "GET") =>
  send(String(address), { method, path, headers: {} });

describe("The listener for operators", () => {
  test("counts decisions by outcome, reason and status, beside what the guard counts", async () => {
    const { gateway, ask } = await startTestGateway(rules);
    await ask({ target: "/public" });
    await ask({ target: "/a" });
    await ask({ target: "/a" });
    const { status, headers, body } = await get(gateway.adminAddress, "/metrics");
    expect(status).toBe(200);
    expect(headers["content-type"]).toContain("text/plain");
    expect(body).toMatch(
      /gatewarden_gateway_decisions_total\{outcome="refused",reason="credentials_missing",status="401"[^}]*\} 2/,
    );
    expect(body).toMatch(/gatewarden_gateway_decisions_total\{outcome="allowed",reason="",status="200"[^}]*\} 1/);
    expect(body).toContain("gatewarden_gateway_duration");
  });

  test.each([
    ["/healthz", 200],
    ["/readyz", 200],
    ["/authorize", 404],
    ["/", 404],
  ])("answers %s with %i", async (path, status) => {
    const { gateway } = await startTestGateway(rules);
    expect((await get(gateway.adminAddress, path)).status).toBe(status);
    expect((await get(gateway.adminAddress, path, "POST")).status).toBe(405);
  });

  test("is not ready without keys (503)", async () => {
    const { gateway } = await startTestGateway(rules, {
      guardOptions: {
        issuer: "https://issuer.test/",
        audience: "https://api.test/",
        fetch: () => Promise.reject(new TypeError("refused")),
      },
    });
    const { status, body } = await get(gateway.adminAddress, "/readyz");
    expect(status).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ status: "not ready" });
  });

  test("may be switched off", async () => {
    const { gateway } = await startTestGateway(rules, { overrides: { admin: "off" } });
    expect(gateway.adminAddress).toBeUndefined();
  });
});

test("The metrics of several processes are one page, each family once and each sample with its process", () => {
  const page = '# HELP a text\n# TYPE a counter\na 1\na{x="y z"} 2\n# HELP b text\n# TYPE b gauge\nb{} 3\n';
  expect(
    mergeMetrics([
      { worker: 1, text: page },
      { worker: 2, text: page },
    ]),
  ).toBe(
    [
      "# HELP a text\n# TYPE a counter",
      'a{worker="1"} 1\na{worker="1",x="y z"} 2\na{worker="2"} 1\na{worker="2",x="y z"} 2',
      "# HELP b text\n# TYPE b gauge",
      'b{worker="1"} 3\nb{worker="2"} 3\n',
    ].join("\n"),
  );
});
