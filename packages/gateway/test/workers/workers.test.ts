// Processes: several over one port, and the signals that one understands.
import { readFileSync, writeFileSync } from "node:fs";
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

  test("replace one that was killed, with the rules of today", async () => {
    const gateway = await startGatewayProcess(rules("public: true"), ["--workers", "2"]);
    const read = async (path: string) => (await send(gateway.adminAddress, { method: "GET", path, headers: {} })).body;
    const listWorkers = async () =>
      [...(await read("/metrics")).matchAll(/^target_info\{worker="(\d+)"/gm)].map(([, worker]) => worker);
    expect(await listWorkers()).toEqual(["1", "2"]);
    const [pid] = listChildren(gateway.pid);
    process.kill(Number(pid), "SIGKILL");
    // Operators who ask in between get an answer, and the first process stays alive.
    await Promise.all(Array.from({ length: 5 }, () => read("/metrics")));
    await vi.waitFor(
      () => expect(gateway.lines).toContainEqual(expect.objectContaining({ event: "worker_ended", signal: "SIGKILL" })),
      soon,
    );
    expect((await ask(gateway.address, { target: "/a" })).status).toBe(200);
    await vi.waitFor(async () => expect(await listWorkers()).toHaveLength(2), soon);
    expect(await listWorkers()).toContain("3");
    expect(JSON.parse(await read("/readyz"))).toEqual({ status: "ready", reasons: [] });
    gateway.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });

  test("end with a message and a code if one cannot listen", async () => {
    const first = await startGatewayProcess(rules("public: true"));
    const { host } = new URL(first.address);
    await expect(startGatewayProcess(rules("public: true"), ["--workers", "2", "--listen", host])).rejects.toThrow(
      "The gateway ended with 2",
    );
  });
});

/** The processes that a process has started (Linux). */
function listChildren(pid: number): string[] {
  const tasks = `/proc/${pid}/task/${pid}/children`;
  return readFileSync(tasks, "utf8").split(" ").filter(Boolean);
}
