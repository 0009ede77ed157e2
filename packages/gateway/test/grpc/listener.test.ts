// The listener of gRPC: who may connect, how long, health, reload, drain and several processes.
import { EventEmitter, once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { createTestIssuer } from "gatewarden/testing";
import { describe, expect, test, vi } from "vitest";
import { startTestGateway } from "../support/gateway.js";
import { startGatewayProcess } from "../support/gateway-process.js";
import { askHealth, callWith, check, checkMethod, connectTo, readFailure, startEnvoy, toMessage } from "./_envoy.js";

const open = "rules: [{ path: /**, public: true }]\n";
const soon = { timeout: 20_000, interval: 25 };
const question = checkMethod.requestSerialize(toMessage({ path: "/a" }));
const toPort = (address: string) => Number(new URL(address.replace("grpc:", "http:")).port);

describe("The listener", () => {
  test("says its protocol in the address, and answers over a Unix socket too", async () => {
    const { gateway } = await startEnvoy(open);
    expect(gateway.address).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+$/);
    const path = join(tmpdir(), `gatewarden-grpc-${process.pid}.sock`);
    const local = await startEnvoy(open, { overrides: { listen: `unix:${path}` } });
    expect(local.gateway.address).toBe(`unix:${path}`);
    expect((await local.check({ path: "/a" })).status).toBe(200);
  });

  test("closes connections of strangers before it reads them", async () => {
    const { gateway } = await startEnvoy(`from: [192.0.2.9]\n${open}`);
    expect(await readFailure(callWith(connectTo(gateway.address), question, { patience: 500 }))).toBeGreaterThan(0);
    const known = await startEnvoy(`from: [127.0.0.0/8]\n${open}`);
    expect((await known.check({ path: "/a" })).status).toBe(200);
  });

  test("speaks no HTTP/1.1", async () => {
    const { gateway } = await startEnvoy(open);
    const socket = connect(toPort(gateway.address), "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => {
      answer += String(chunk);
    });
    socket.on("error", () => undefined);
    socket.write("GET /authorize/a HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "close");
    expect(answer).not.toContain("200 OK");
  });

  test("closes a connection that says nothing, and keeps one that asks (CWE-400)", async () => {
    const { gateway, check: ask } = await startEnvoy(`limits: { headersTimeout: 0.5 }\n${open}`);
    expect((await ask({ path: "/a" })).status).toBe(200);
    const silent = connect(toPort(gateway.address), "127.0.0.1").resume();
    silent.on("error", () => undefined);
    await once(silent, "close");
    expect((await ask({ path: "/a" })).status).toBe(200);
  });

  test("ends a question that does not arrive whole in time (CWE-400)", async () => {
    const { gateway } = await startEnvoy(`limits: { headersTimeout: 0.5 }\n${open}`);
    const session = connectHttp2(gateway.address.replace("grpc:", "http:"));
    const stream = session.request({
      ":method": "POST",
      ":path": checkMethod.path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.write(Buffer.from([0, 0, 0, 1, 0, 1, 2]));
    stream.resume();
    const [headers] = await once(stream, "response");
    const trailers = headers["grpc-status"] === undefined ? (await once(stream, "trailers"))[0] : headers;
    expect(Number(trailers["grpc-status"])).toBe(status.DEADLINE_EXCEEDED);
    session.destroy();
  });

  test("gives a question without an answer an error, which Envoy refuses", async () => {
    const { client } = await startEnvoy(open, {
      write: (line) => {
        if (line.includes('"decision"')) throw new Error("the log is full");
      },
    });
    expect(await readFailure(callWith(client, question))).toBe(status.UNAVAILABLE);
  });
});

describe("Health", () => {
  test("is that of /readyz, for the server and for the service", async () => {
    const { client } = await startEnvoy(open);
    await vi.waitFor(async () => expect(await askHealth(client)).toBe("SERVING"), soon);
    expect(await askHealth(client, "envoy.service.auth.v3.Authorization")).toBe("SERVING");
    expect(await readFailure(askHealth(client, "other.Service"))).toBe(status.NOT_FOUND);
  });

  test("is NOT_SERVING while keys are missing", async () => {
    const guard = 'guard: { issuer: "http://127.0.0.1:9/", audience: a, insecureHttpHosts: ["127.0.0.1"] }\n';
    const { gateway } = await startTestGateway(guard + open, {
      guardOptions: {},
      overrides: { proxy: "envoy-grpc" },
    });
    expect(await askHealth(connectTo(gateway.address))).toBe("NOT_SERVING");
  });
});

describe("New rules", () => {
  test("apply to the next question of the same connection", async () => {
    const { check: ask, gateway, writeRules } = await startEnvoy(open);
    expect((await ask({ path: "/a" })).status).toBe(200);
    writeRules("rules: [{ path: /**, deny: true }]\n");
    expect(await gateway.reload()).toBe(true);
    expect((await ask({ path: "/a" })).status).toBe(403);
  });
});

describe("Closing", () => {
  test("answers what was asked, then ends every connection", async () => {
    const held = new EventEmitter();
    const waiting = once(held, "release").then(() => false);
    const issuer = createTestIssuer();
    // Each decision on a token waits for what was revoked.
    const guardOptions = { ...issuer.guardOptions, revocation: { isRevoked: () => waiting } };
    const { gateway, client } = await startEnvoy("rules: [{ path: /**, authenticated: true }]\n", { guardOptions });
    const asked = check(client, { path: "/a", headers: [["authorization", `Bearer ${issuer.token()}`]] });
    await vi.waitFor(() => expect(gateway.status().pending).toBe(1), soon);
    const closed = gateway.close();
    expect(gateway.status().isStopping).toBe(true);
    held.emit("release");
    expect((await asked).status).toBe(200);
    await closed;
    expect(await readFailure(callWith(client, question, { patience: 500 }))).toBeGreaterThan(0);
  });
});

describe("Several processes", () => {
  test("share one port", async () => {
    const keys =
      'guard: { issuer: "https://issuer.test/", audience: "https://api.test/", keys: { jwks: { keys: [{ kty: EC, crv: P-256, kid: a, x: MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4, y: 4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM }] } } }\n';
    const gateway = await startGatewayProcess(keys + open, ["--proxy", "envoy-grpc", "--workers", "2"]);
    for (let count = 0; count < 4; count++)
      expect((await check(connectTo(gateway.address), { path: "/a" })).status).toBe(200);
    const metrics = await (await fetch(`${gateway.adminAddress}/metrics`)).text();
    const workers = [...metrics.matchAll(/gatewarden_gateway_decisions_total\{worker="(\d+)"/g)].map(([, one]) => one);
    expect(workers.sort()).toEqual(["1", "2"]);
    gateway.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });
});
