// A real proxy between a raw client and an inspecting upstream, with the gateway beside it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestIssuer } from "gatewarden/testing";
import { startGateway } from "../../src/gateway.js";
import { type Inspector, startInspector } from "./_inspector.js";
import type { Tokens } from "./_oracle.js";
import { type RealProxy, type StartedProxy, type Surroundings, startProxy } from "./_proxies.js";

/** Everything that stands around one proxy. */
export interface Scene {
  readonly proxy: StartedProxy;
  readonly upstream: Inspector;
  readonly tokens: Tokens;
  /** Ends the gateway alone: the proxy then has no one to ask. */
  readonly stopGateway: () => Promise<void>;
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** Of every scene. */
export const sceneRules = `
limits:
  failures: false
rules:
  - path: /public/**
    public: true
  - path: /private/**
    authenticated: true
  - path: /admin/**
    permission: read:admin
`;

/** Starts all of it. `sections` are of the rules file, beside the rules of every scene. */
export async function startScene(name: RealProxy, change?: Surroundings["change"], sections = ""): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-scene-"));
  const rulesPath = join(folder, "rules.yaml");
  await writeFile(rulesPath, sections + sceneRules);
  const issuer = await createTestIssuer();
  const upstream = await startInspector();
  const lines: string[] = [];
  const gateway = await startGateway({
    rules: rulesPath,
    env: {},
    guardOptions: issuer.guardOptions,
    overrides: { proxy: name, listen: "127.0.0.1:0", admin: "off" },
    write: (line) => void lines.push(line),
  });
  const port = Number(new URL(gateway.address).port);
  const proxy = await startProxy(name, {
    gateway: port,
    application: upstream.port,
    ...(change && { change }),
  });
  const tokens = {
    alice: issuer.token({ sub: "alice", permissions: ["read:admin"] }),
    bob: issuer.token({ sub: "bob", permissions: [] }),
  };
  const close = async () => {
    await proxy.close();
    await gateway.close();
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { proxy, upstream, tokens, lines, stopGateway: () => gateway.close(), close };
}
