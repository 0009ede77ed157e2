// One gateway for the whole corpus, with the rules and tokens of its scene.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { createTestIssuer } from "gatewarden/testing";
import { startGateway } from "../../src/gateway.js";
import type { Tokens } from "../proxies/_oracle.js";
import { sceneRules } from "../proxies/_scene.js";

export interface CorpusGateway {
  readonly client: Client;
  readonly tokens: Tokens;
  close(): Promise<void>;
}

export async function startCorpusGateway(): Promise<CorpusGateway> {
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-grpc-"));
  const rules = join(folder, "rules.yaml");
  await writeFile(rules, sceneRules);
  const issuer = createTestIssuer();
  const gateway = await startGateway({
    rules,
    env: {},
    guardOptions: issuer.guardOptions,
    overrides: { proxy: "envoy-grpc", listen: "127.0.0.1:0", admin: "off" },
    write: () => undefined,
  });
  const client = new Client(gateway.address.replace("grpc://", ""), credentials.createInsecure());
  return {
    client,
    tokens: {
      alice: issuer.token({ sub: "alice", permissions: ["read:admin"] }),
      bob: issuer.token({ sub: "bob", permissions: [] }),
    },
    close: async () => {
      client.close();
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
