// A fleet: gateways, each behind its own nginx, over one Redis, before the FastAPI application of
// `examples/behind-gateway`, with the local tenant as the provider.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { type RedisServer, startRedis } from "../../../gatewarden/test/support/redis-server.js";
import { type Gateway, startGateway } from "../../src/gateway.js";
import { type Backend, backends } from "../backends/_backends.js";
import { startProxy } from "../proxies/_proxies.js";

/** A gateway and the nginx before it. */
export interface Member {
  readonly gateway: Gateway;
  /** What a client of its nginx is answered. */
  ask(token: string): Promise<Response>;
}

/** Everything that runs. */
export interface Fleet {
  readonly tenant: Tenant;
  readonly redis: RedisServer;
  /** Starts one more gateway. The first one hears of logouts from the provider. */
  addMember(): Promise<Member>;
  close(): Promise<void>;
}

const path = "/backchannel-logout";

/** Two seconds instead of five in which a new log waits for those who know more. */
const toRules = (redisUrl: string) => `
redis: { url: "${redisUrl}", foundingTime: 2 }
logout: { path: ${path}, clientId: app, ends: user }
rules:
  - { path: /api/private, methods: GET, authenticated: true }
`;

/** Starts all but the gateways. */
export async function startFleet(): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-fleet-"));
  const rules = join(folder, "rules.yaml");
  const redis = await startRedis();
  await writeFile(rules, toRules(redis.url));
  // The provider must know the address of the gateway, and the gateway the provider's.
  const port = await pickPort(0, "127.0.0.1");
  const tenant = await createTenant({
    port: 0,
    clients: { app: { backchannelLogoutUri: `http://127.0.0.1:${port}${path}` } },
  });
  const backend: Backend = await backends[0].start();
  const closing: (() => Promise<void>)[] = [];
  const addMember = async (): Promise<Member> => {
    const gateway = await startGateway({
      rules,
      env: { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience },
      overrides: {
        proxy: "nginx",
        listen: "127.0.0.1:0",
        admin: "127.0.0.1:0",
        events: `127.0.0.1:${closing.length === 0 ? port : 0}`,
      },
      write: () => undefined,
    });
    closing.push(() => gateway.close());
    const proxy = await startProxy("nginx", {
      gateway: Number(new URL(gateway.address).port),
      application: backend.port,
    });
    closing.push(() => proxy.close());
    const ask = (token: string) =>
      fetch(`http://127.0.0.1:${proxy.port}/api/private`, { headers: { authorization: `Bearer ${token}` } });
    return { gateway, ask };
  };
  const close = async () => {
    for (const end of closing.toReversed()) await end();
    await backend.close();
    await tenant.close();
    await redis.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { tenant, redis, addMember, close };
}
