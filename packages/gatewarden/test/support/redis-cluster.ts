// Several real Redis servers: a primary with a replica that can take over, and a cluster of six.
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { type RedisServer, startRedis } from "./redis-server.js";

/** A replica is served at once, not after five seconds in which others could join it. */
const eagerSync = [["repl-diskless-sync-delay", "0"]] as const;

/** A primary and its replica behind one address, as a managed service has them. */
export interface RedisPair {
  /** Of a TCP proxy that leads to the primary of the moment. */
  readonly port: number;
  readonly url: string;
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** Resolves when the replica has all that the primary had at the time of the call. */
  awaitReplica(): Promise<void>;
  /** Stops replication, so that what is written from now on is lost at the failover. */
  cutReplication(): Promise<void>;
  /**
   * Kills the primary and makes the replica the primary (`REPLICAOF NO ONE`); the address leads to
   * it from then on. Nothing decides this by itself: there is no Sentinel.
   */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

export async function startRedisPair(): Promise<RedisPair> {
  const [primary, replica] = await Promise.all([startRedis(eagerSync), startRedis(eagerSync)]);
  await replica.send("REPLICAOF", "127.0.0.1", String(primary.port));
  await until(async () => (await replica.send("INFO", "replication")).includes("master_link_status:up"));
  let target = primary.port;
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    const other = connect(target, "127.0.0.1");
    for (const [one, its] of [
      [socket, other],
      [other, socket],
    ] as const) {
      sockets.add(one);
      one
        .on("error", () => its.destroy())
        .on("close", () => {
          sockets.delete(one);
          its.destroy();
        });
    }
    socket.pipe(other).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as { port: number };
  const readOffset = async (server: RedisServer, name: string) =>
    Number(new RegExp(`${name}:(\\d+)`).exec(await server.send("INFO", "replication"))?.[1]);
  return {
    ...{ port, url: `redis://127.0.0.1:${port}`, primary, replica },
    async awaitReplica() {
      const offset = await readOffset(primary, "master_repl_offset");
      await until(async () => (await readOffset(replica, "slave_repl_offset")) >= offset);
    },
    // A replica of nothing that answers: it keeps its data and gets no more.
    cutReplication: async () => void (await replica.send("REPLICAOF", "127.0.0.1", "1")),
    async failOver() {
      await primary.kill();
      await replica.send("REPLICAOF", "NO", "ONE");
      target = replica.port;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([primary.close(), replica.close()]);
    },
  };
}

/** Three primaries, each with a replica. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Starts six nodes; resolves when all slots are served and every node says so. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(Array.from({ length: 6 }, () => startNode()));
  const [first] = nodes;
  if (first === undefined) throw new Error("There are no nodes");
  const primaries = nodes.slice(0, 3);
  for (const [index, { server }] of primaries.entries()) {
    const from = Math.floor((16_384 * index) / 3);
    const to = Math.floor((16_384 * (index + 1)) / 3) - 1;
    await server.send("CLUSTER", "ADDSLOTSRANGE", String(from), String(to));
    await server.send("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
  }
  for (const { server, busPort } of nodes.slice(1)) {
    await first.server.send("CLUSTER", "MEET", "127.0.0.1", String(server.port), String(busPort));
  }
  const knowsAll = async ({ server }: { server: RedisServer }) =>
    (await server.send("CLUSTER", "INFO")).includes("cluster_known_nodes:6");
  for (const node of nodes) await until(() => knowsAll(node));
  for (const [index, { server }] of nodes.slice(3).entries()) {
    const id = (await primaries[index]?.server.send("CLUSTER", "MYID"))?.split("\r\n")[1] ?? "";
    // A node learns of another's handshake a little later than it counts it.
    await until(() =>
      server.send("CLUSTER", "REPLICATE", id).then(
        () => true,
        () => false,
      ),
    );
  }
  for (const { server } of nodes) {
    await until(async () => (await server.send("CLUSTER", "INFO")).includes("cluster_state:ok"));
  }
  for (const { server } of nodes.slice(3)) {
    await until(async () => (await server.send("INFO", "replication")).includes("master_link_status:up"));
  }
  const servers = nodes.map(({ server }) => server);
  return {
    nodes: servers,
    ports: servers.map(({ port }) => port),
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

async function startNode(): Promise<{ readonly server: RedisServer; readonly busPort: number }> {
  const busPort = await pickPort(0, "127.0.0.1");
  const server = await startRedis([
    ["cluster-enabled", "yes"],
    ["cluster-port", String(busPort)],
    ["cluster-node-timeout", "2000"],
    ...eagerSync,
  ]);
  return { server, busPort };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await delay(20);
}
