// The libraries of gRPC are optional: without them, the start says what to install.
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadGrpc } from "../../src/grpc/library.js";
import { startTestGateway } from "../support/gateway.js";

const rules = "rules: [{ path: /**, public: true }]\n";

describe("Without the libraries", () => {
  afterEach(() => vi.doUnmock("@grpc/grpc-js"));

  test("a gateway for Envoy by gRPC does not start, and says what to install", async () => {
    vi.doMock("@grpc/grpc-js", () => {
      throw new Error("Cannot find package");
    });
    await expect(startTestGateway(rules, { overrides: { proxy: "envoy-grpc" } })).rejects.toThrow(
      '"proxy: envoy-grpc" needs two packages: npm install @grpc/grpc-js @grpc/proto-loader',
    );
    const { ask } = await startTestGateway(rules);
    expect((await ask({ target: "/a" })).status).toBe(200);
  });

  test("with them it starts", async () => {
    await expect(loadGrpc()).resolves.toHaveProperty("authorization");
  });
});
