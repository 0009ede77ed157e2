// Rules change while the gateway runs: no request is dropped, and wrong rules change nothing.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestIssuer } from "gatewarden/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { watchFile } from "../../src/reload/watch-file.js";
import { ask, send, startTestGateway } from "../support/gateway.js";

const open = "rules: [{ path: /a, public: true }]\n";
const closed = "rules: [{ path: /a, deny: true }]\n";

describe("A reload", () => {
  test("puts the new rules to work", async () => {
    const { gateway, ask: askIt, writeRules } = await startTestGateway(open);
    expect((await askIt({ target: "/a" })).status).toBe(200);
    writeRules(closed);
    expect(await gateway.reload()).toBe(true);
    expect((await askIt({ target: "/a" })).status).toBe(403);
    expect(gateway.status()).toMatchObject({ reloads: 1, reloadFault: undefined });
  });

  test.each([
    ["that are wrong", "rules: [{ path: /a, publik: true }]\n"],
    ["that are not YAML", "rules: ["],
    ["with a wrong guard", "guard: { clockTolerance: -1 }\nrules: []\n"],
    ["that are empty", ""],
  ])("of rules %s keeps the old ones, and says so in log, health and metrics", async (_name, text) => {
    const { gateway, ask: askIt, writeRules, lines } = await startTestGateway(open);
    writeRules(text);
    expect(await gateway.reload()).toBe(false);
    expect((await askIt({ target: "/a" })).status).toBe(200);
    expect(lines.some((line) => JSON.parse(line).event === "reload_failed")).toBe(true);
    const admin = String(gateway.adminAddress);
    const ready = await send(admin, { method: "GET", path: "/readyz", headers: {} });
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.body)).toMatchObject({ status: "degraded" });
    const metrics = await send(admin, { method: "GET", path: "/metrics", headers: {} });
    expect(metrics.body).toMatch(/gatewarden_gateway_reloads_total\{[^}]*outcome="failure"[^}]*\} 1/);
    writeRules(closed);
    expect(await gateway.reload()).toBe(true);
    expect(JSON.parse((await send(admin, { method: "GET", path: "/readyz", headers: {} })).body)).toMatchObject({
      status: "ready",
    });
  });

  test("keeps what the guard knows if its options did not change", async () => {
    const dpop = (access: string) => `guard: { dpop: { mode: required } }\nrules: [{ path: /a, ${access} }]\n`;
    const { gateway, ask: askIt, writeRules, issuer } = await startTestGateway(dpop("authenticated: true"));
    const headers = await issuer.dpopClient().headers({ method: "GET", url: "https://api.example.com/a" });
    expect((await askIt({ target: "/a", headers: { ...headers } })).status).toBe(200);
    writeRules(dpop("optional: true"));
    expect(await gateway.reload()).toBe(true);
    expect((await askIt({ target: "/a", headers: { ...headers } })).status).toBe(401);
  });

  test("lets no proof count anew if they did change (RFC 9449 §11.1)", async () => {
    const dpop = (age: number) =>
      `guard: { dpop: { mode: required, maxAge: ${age} } }\nrules: [{ path: /a, authenticated: true }]\n`;
    const { gateway, ask: askIt, writeRules, issuer } = await startTestGateway(dpop(60));
    const headers = await issuer.dpopClient().headers({ method: "GET", url: "https://api.example.com/a" });
    expect((await askIt({ target: "/a", headers: { ...headers } })).status).toBe(200);
    writeRules(dpop(61));
    expect(await gateway.reload()).toBe(true);
    expect(JSON.parse((await askIt({ target: "/a", headers: { ...headers } })).body)).toMatchObject({
      reason: "dpop_replayed",
    });
  });

  test("keeps the old rules if the keys of another issuer cannot be loaded", async () => {
    const issuer = createTestIssuer();
    const {
      gateway,
      ask: askIt,
      writeRules,
    } = await startTestGateway(open, {
      guardOptions: { issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch },
    });
    issuer.disconnect();
    writeRules(`guard: { realm: other }\n${closed}`);
    expect(await gateway.reload()).toBe(false);
    expect((await askIt({ target: "/a" })).status).toBe(200);
    issuer.reconnect();
  });

  test("is done one after the other, and the file that was read last wins", async () => {
    const { gateway, ask: askIt, writeRules } = await startTestGateway(open);
    writeRules(`guard: { realm: slow }\n${open}`);
    const first = gateway.reload();
    writeRules(closed);
    await Promise.all([first, gateway.reload()]);
    expect((await askIt({ target: "/a" })).status).toBe(403);
  });

  test.each([
    ["haproxy", "apache"],
    ["apache", "haproxy"],
    ["nginx", "caddy"],
  ] as const)("of rules for another proxy keeps the old ones (%s to %s)", async (before, after) => {
    const { gateway, writeRules, lines } = await startTestGateway(`proxy: ${before}\n${open}`, {
      overrides: { proxy: undefined },
    });
    writeRules(`proxy: ${after}\n${open}`);
    expect(await gateway.reload()).toBe(false);
    expect(lines.at(-1)).toContain('\\"proxy\\" changed, which needs a restart');
    writeRules(`proxy: ${before}\n${closed}`);
    expect(await gateway.reload()).toBe(true);
  });

  test("says what needs a restart", async () => {
    const { gateway, writeRules, lines } = await startTestGateway(open);
    writeRules(`limits: { connections: 5 }\n${open}`);
    expect(await gateway.reload()).toBe(true);
    expect(JSON.parse(String(lines.at(-1)))).toMatchObject({ event: "reloaded", needsRestart: true });
  });

  test("drops no request under load", async () => {
    const { gateway, writeRules } = await startTestGateway(open);
    const statuses: number[] = [];
    const state = { isDone: false };
    const load = Array.from({ length: 4 }, async () => {
      while (!state.isDone) statuses.push((await ask(gateway.address, { target: "/a" })).status);
    });
    for (let round = 0; round < 20; round++) {
      writeRules(round % 2 === 0 ? closed : open);
      await gateway.reload();
    }
    state.isDone = true;
    await Promise.all(load);
    expect(statuses.length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status !== 200 && status !== 403)).toEqual([]);
  });
});

describe("A watched file", () => {
  function createFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "gateway-watch-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  function watch(path: string): { readonly changed: ReturnType<typeof vi.fn> } {
    const changed = vi.fn();
    onTestFinished(watchFile(path, changed, { every: 0.05 }));
    return { changed };
  }

  test("is noticed when it is written", async () => {
    const path = join(createFolder(), "rules.yaml");
    writeFileSync(path, open);
    const { changed } = watch(path);
    writeFileSync(path, closed);
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 20_000 });
  });

  test("is noticed when another file takes its place", async () => {
    const folder = createFolder();
    writeFileSync(join(folder, "rules.yaml"), open);
    const { changed } = watch(join(folder, "rules.yaml"));
    writeFileSync(join(folder, "next"), closed);
    renameSync(join(folder, "next"), join(folder, "rules.yaml"));
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), { timeout: 20_000 });
  });

  test("is noticed when Kubernetes swaps the folder of a ConfigMap", async () => {
    const folder = createFolder();
    for (const [name, text] of [
      ["..1", open],
      ["..2", closed],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "rules.yaml"), text);
    }
    symlinkSync("..1", join(folder, "..data"));
    symlinkSync("..data/rules.yaml", join(folder, "rules.yaml"));
    const { changed } = watch(join(folder, "rules.yaml"));
    symlinkSync("..2", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), { timeout: 20_000 });
  });

  test("is not a change while it is missing or has the same content", async () => {
    const folder = createFolder();
    const path = join(folder, "rules.yaml");
    writeFileSync(path, open);
    const { changed } = watch(path);
    rmSync(path);
    writeFileSync(path, open);
    writeFileSync(path, closed);
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1), { timeout: 20_000 });
  });
});

describe("A gateway that ends", () => {
  test("refuses new connections, and ends once", async () => {
    const { gateway, ask: askIt } = await startTestGateway(open);
    expect((await askIt({ target: "/a" })).status).toBe(200);
    await gateway.close();
    await expect(askIt({ target: "/a" })).rejects.toThrow("ECONNREFUSED");
    await gateway.close();
  });

  test("finishes a request that waits for the issuer's keys", async () => {
    const issuer = createTestIssuer();
    const gate = createSignal();
    const { gateway } = await startTestGateway("rules: [{ path: /**, authenticated: true }]\n", {
      guardOptions: {
        issuer: issuer.url,
        audience: issuer.audience,
        now: issuer.clock.now,
        fetch: async (...given) => {
          await gate.promise;
          return issuer.fetch(...given);
        },
      },
    });
    const answer = ask(gateway.address, { target: "/a", token: issuer.token() });
    await vi.waitFor(() => expect(gateway.status().pending).toBe(1), { timeout: 20_000 });
    const closing = gateway.close();
    gate.resolve();
    expect((await answer).status).toBe(200);
    await closing;
  });
});

interface Signal {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function createSignal(): Signal {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}
