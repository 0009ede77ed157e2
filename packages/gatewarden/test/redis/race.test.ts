// A fleet of real processes that races for the same proofs: each is accepted once, whatever becomes
// of Redis meanwhile (RFC 9449 §11.1).
import type { ChildProcess } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { startRedisCluster } from "../support/redis-cluster.js";
import { startRedis } from "../support/redis-server.js";
import { clientNames } from "./_clients.js";
import type { Race, RacerMessage } from "./_racer.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const root = fileURLToPath(new URL("../..", import.meta.url));

type Done = Extract<RacerMessage, { readonly type: "done" }>;

interface Racer {
  readonly child: ChildProcess;
  /** Resolves when the racer has said so. */
  said(type: RacerMessage["type"]): Promise<RacerMessage>;
}

let program = "";
const racers: Racer[] = [];
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [`${root}test/redis/_racer.ts`],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    write: false,
  });
  program = outputFiles[0]?.text ?? "";
});
afterEach(async () => {
  await Promise.all(racers.splice(0).map(({ child }) => stopChild(child)));
});

function startRacer(): Racer {
  const child = startChild(process.execPath, ["--input-type=module", "--no-warnings", "-"], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["pipe", "ignore", "inherit", "ipc"],
  });
  child.stdin?.end(program);
  const messages = new Map<string, RacerMessage>();
  const waiting = new Map<string, (message: RacerMessage) => void>();
  child.on("message", (message: RacerMessage) => {
    messages.set(message.type, message);
    waiting.get(message.type)?.(message);
  });
  const said = (type: RacerMessage["type"]) =>
    new Promise<RacerMessage>((resolve, reject) => {
      const known = messages.get(type);
      if (known) resolve(known);
      waiting.set(type, resolve);
      child.once("exit", (code) => reject(new Error(`A racer ended with ${code} before it was ${type}`)));
    });
  const racer = { child, said };
  racers.push(racer);
  return racer;
}

/** Starts processes that are connected and wait for the start. */
async function prepare(processes: number, race: Race): Promise<readonly Racer[]> {
  const all = Array.from({ length: processes }, startRacer);
  for (const { child } of all) child.send(race);
  await Promise.all(all.map(({ said }) => said("ready")));
  return all;
}

function start(all: readonly Racer[]): void {
  for (const { child } of all) child.send("go");
}

/** How often each id was new, and how many answers there were of each kind. */
async function finish(all: readonly Racer[]) {
  const done = (await Promise.all(all.map(({ said }) => said("done")))) as Done[];
  const times = new Map<number, number>();
  for (const id of done.flatMap(({ taken }) => taken)) times.set(id, (times.get(id) ?? 0) + 1);
  const sum = (name: "used" | "failed") => done.reduce((total, one) => total + one[name], 0);
  return { times: [...times.values()], used: sum("used"), failed: sum("failed") };
}

describe.skipIf(isSkipped).each(clientNames)(`A fleet over %s${note}`, (name) => {
  const prefix = () => `${crypto.randomUUID()}:`;

  test("of 200 connections in 8 processes takes each of 60 proofs once", async () => {
    const server = await startRedis();
    const race = { name, ports: [server.port], prefix: prefix(), connections: 25, ids: 60, rounds: 1, timeout: 60 };
    const all = await prepare(8, race);
    start(all);
    const { times, used, failed } = await finish(all);
    console.log(`${name}: ${times.length} proofs accepted once, ${used} refused as used, ${failed} failed`);
    expect(times).toEqual(Array(60).fill(1));
    expect(used).toBe(200 * 60 - 60);
    await server.close();
  });

  test("of 200 connections in 8 processes takes each of 60 proofs once in a cluster of six", async () => {
    const cluster = await startRedisCluster();
    const race = { name, ports: cluster.ports, prefix: prefix(), connections: 25, ids: 60, rounds: 1, timeout: 60 };
    const all = await prepare(8, race);
    start(all);
    const { times, used, failed } = await finish(all);
    console.log(`${name}, cluster: ${times.length} proofs accepted once, ${used} refused as used, ${failed} failed`);
    expect(times).toEqual(Array(60).fill(1));
    expect(used).toBe(200 * 60 - 60);
    const keys = await Promise.all(cluster.nodes.slice(0, 3).map((node) => node.send("DBSIZE")));
    // Spread over all three primaries: the keys have no hash tag.
    for (const size of keys) expect(Number(size.slice(1))).toBeGreaterThan(0);
    await cluster.close();
  });

  test("takes no proof twice while Redis is killed and started again, and goes on by itself", async () => {
    const server = await startRedis([["appendonly", "yes"]]);
    const race = { name, ports: [server.port], prefix: prefix(), connections: 10, ids: 1000, rounds: 100, timeout: 1 };
    const all = await prepare(4, race);
    start(all);
    await Promise.all(all.map(({ said }) => said("begun")));
    await server.kill();
    await Promise.all(all.map(({ said }) => said("failing")));
    await server.start();
    const { times, used, failed } = await finish(all);
    console.log(`${name}, killed: ${times.length} of 1000 accepted once, ${used} refused, ${failed} failed meanwhile`);
    expect(Math.max(...times)).toBe(1);
    expect(times.length + used).toBe(40 * 1000);
    // A proof whose answer was lost with the connection is used up, and accepted by none.
    expect(times.length).toBeGreaterThan(700);
    expect(failed).toBeGreaterThan(0);
    await server.close();
  });
});
