// Processes: several over one port, and the signals that one understands.
import { writeFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { ask, send } from "../support/gateway.js";
import { startGatewayProcess } from "../support/gateway-process.js";

const rules = (access: string) => `
guard: { issuer: "https://issuer.test/", audience: "https://api.test/", keys: { jwks: { keys: [{ kty: EC, crv: P-256, kid: a, x: MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4, y: 4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM }] } } }
rules: [{ path: /a, ${access} }]
`;
const soon = { timeout: 30_000, interval: 50 };

describe("A process", () => {
  test("reads its rules again when they change, and on SIGHUP", async () => {
    const gateway = await startGatewayProcess(rules("public: true"));
    expect((await ask(gateway.address, { target: "/a" })).status).toBe(200);
    writeFileSync(gateway.rulesPath, rules("deny: true"));
    await vi.waitFor(async () => expect((await ask(gateway.address, { target: "/a" })).status).toBe(403), soon);
    const before = gateway.lines.filter(({ event }) => event === "reloaded").length;
    gateway.kill("SIGHUP");
    await vi.waitFor(
      () => expect(gateway.lines.filter(({ event }) => event === "reloaded").length).toBe(before + 1),
      soon,
    );
  });

  test("ends with 0 on SIGTERM", async () => {
    const gateway = await startGatewayProcess(rules("public: true"));
    gateway.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
    expect(gateway.lines.at(-1)).toMatchObject({ event: "stopped" });
  });
});

describe("Several processes", () => {
  test("share one port, one page of metrics and one health, and end together", async () => {
    const gateway = await startGatewayProcess(rules("public: true"), ["--workers", "2"]);
    for (let count = 0; count < 8; count++) expect((await ask(gateway.address, { target: "/a" })).status).toBe(200);
    const metrics = await send(gateway.adminAddress, { method: "GET", path: "/metrics", headers: {} });
    const counts = [...metrics.body.matchAll(/gatewarden_gateway_decisions_total\{worker="(\d+)"[^}]*\} (\d+)/g)];
    expect(counts.map(([, worker]) => worker).sort()).toEqual(["1", "2"]);
    expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(8);
    const ready = await send(gateway.adminAddress, { method: "GET", path: "/readyz", headers: {} });
    expect(JSON.parse(ready.body)).toEqual({ status: "ready", reasons: [] });
    writeFileSync(gateway.rulesPath, rules("deny: true"));
    await vi.waitFor(async () => {
      const statuses = await Promise.all(Array.from({ length: 4 }, () => ask(gateway.address, { target: "/a" })));
      expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    }, soon);
    gateway.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });
});
