// The built command as a process of its own, for what only a process has: signals and workers.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";

const entry = new URL("../../dist/cli.js", import.meta.url);

export interface GatewayProcess {
  readonly address: string;
  readonly adminAddress: string;
  readonly pid: number;
  readonly rulesPath: string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Every line that it logged so far. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts it on free ports, with `event` as the line that says so. */
export async function startGatewayProcess(rules: string, flags: readonly string[] = []): Promise<GatewayProcess> {
  expect(existsSync(fileURLToPath(entry)), "run `npm run build` first").toBe(true);
  const folder = mkdtempSync(join(tmpdir(), "gateway-process-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const rulesPath = join(folder, "rules.yaml");
  writeFileSync(rulesPath, rules);
  const program = join(folder, "gateway.mjs");
  writeFileSync(
    program,
    `import { main } from ${JSON.stringify(entry.href)};\nprocess.exitCode = await main(process.argv.slice(2));\n`,
  );
  const args = [
    program,
    "gateway",
    "--rules",
    rulesPath,
    "--proxy",
    "haproxy",
    "--listen",
    "127.0.0.1:0",
    "--admin",
    "127.0.0.1:0",
  ];
  const child = startChild(process.execPath, [...args, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => stopChild(child));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const lines: Record<string, unknown>[] = [];
  const reader = createInterface(child.stdout as Readable);
  const started = await new Promise<Record<string, unknown>>((resolve, reject) => {
    reader.on("line", (line) => {
      const entry: Record<string, unknown> = JSON.parse(line);
      lines.push(entry);
      if (entry["adminAddress"] !== undefined) resolve(entry);
    });
    child.once("exit", (code) => reject(new Error(`The gateway ended with ${code}`)));
  });
  return {
    address: String(started["address"]),
    adminAddress: String(started["adminAddress"]),
    rulesPath,
    pid: Number(child.pid),
    kill: (signal) => void child.kill(signal),
    lines,
    ended,
  };
}
