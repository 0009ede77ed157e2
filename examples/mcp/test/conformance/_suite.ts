// Runs the protocol's conformance suite as its users do, by its command line, and reads what it
// wrote down.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** One run of the suite. */
export interface Run {
  /** The package, as it is installed here. */
  readonly package: "@modelcontextprotocol/conformance" | "mcp-conformance-next";
  readonly args: readonly string[];
}

/** How many checks of a scenario ended how. `SKIPPED` and `WARNING` are the suite's words. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly warnings: number;
  readonly skipped: number;
  /** What failed, for the message of a test. */
  readonly failures: readonly string[];
}

interface Check {
  readonly id: string;
  readonly status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  readonly errorMessage?: string;
}

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folderOf = (name: string) => join(root, "node_modules", name);
const runtimes = join(root, "matrix", "runtimes", "node_modules");
const node22 = join(runtimes, "node22", "bin", "node");

/** The suite needs Node.js 22 (`fs.globSync`). Undefined if there is none here. */
export function findNode(): string | undefined {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  return existsSync(node22) ? node22 : undefined;
}

/** The installed version. */
export async function readVersion(name: Run["package"]): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folderOf(name), "package.json"), "utf8"));
  return (manifest as { version: string }).version;
}

/**
 * The suite's whole output on the terminal; its exit code tells less than what it wrote down.
 * `onText` hears it while it comes.
 */
function execute(name: Run["package"], args: readonly string[], onText = (_text: string) => {}): Promise<string> {
  const bin = join(folderOf(name), "dist", "index.js");
  return new Promise((resolve) => {
    const options = { cwd: tmpdir(), maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(findNode() ?? process.execPath, [bin, ...args], options, (_error, stdout, stderr) => {
      resolve(`${stdout}\n${stderr}`);
    });
    child.stdout?.on("data", onText);
  });
}

/** The names of all server scenarios that the installed version has. */
export async function listServerScenarios(name: Run["package"]): Promise<string[]> {
  const output = await execute(name, ["list", "--server"]);
  return [...output.matchAll(/^ {2}- (\S+) \[/gm)].map((match) => match[1] ?? "");
}

/** Runs server scenarios against `url`; returns each one's result by name. */
export function runSuite(run: Run, url: string): Promise<ReadonlyMap<string, Tally>> {
  return collect("server", (rest) => execute(run.package, ["server", "--url", url, ...rest, ...run.args]));
}

/** An issuer to test, and a person who opens the suite's login address. */
export interface Issuer {
  readonly url: string;
  readonly clientId: string;
  /** The server that the token is for (RFC 8707). */
  readonly resource: string;
  readonly logIn: (address: string) => Promise<void>;
}

/** Runs the scenarios for authorization servers. */
export async function runIssuerSuite(name: Run["package"], issuer: Issuer): Promise<ReadonlyMap<string, Tally>> {
  const port = await findFreePort();
  const { url, clientId, resource } = issuer;
  const options = ["--url", url, "--client-id", clientId, "--resource", resource, "--port", `${port}`];
  return collect("authorization-server", async (rest) => {
    let login: Promise<void> | undefined;
    const onText = (text: string) => {
      const [address] = /^http\S+response_type=code\S*/m.exec(text) ?? [];
      if (address !== undefined) login = issuer.logIn(address);
    };
    const output = await execute(name, ["authorization", ...options, ...rest], onText);
    await login;
    return output;
  });
}

/** The suite opens its own port, which must be known before. */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

type Execution = (args: readonly string[]) => Promise<string>;

async function collect(kind: string, run: Execution): Promise<ReadonlyMap<string, Tally>> {
  const output = await mkdtemp(join(tmpdir(), "gatewarden-mcp-"));
  try {
    const text = await run(["--output-dir", output]);
    const folders = (await readdir(output)).sort();
    if (folders.length === 0) throw new Error(`The suite wrote nothing:\n${text}`);
    const tallies = folders.map(async (folder): Promise<[string, Tally]> => {
      const checks = JSON.parse(await readFile(join(output, folder, "checks.json"), "utf8")) as Check[];
      return [folder.slice(kind.length + 1).replace(/-\d{4}-\d\d-\d\dT.*$/, ""), toTally(checks)];
    });
    return new Map(await Promise.all(tallies));
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

function toTally(checks: readonly Check[]): Tally {
  const count = (status: Check["status"]) => checks.filter((check) => check.status === status).length;
  return {
    passed: count("SUCCESS"),
    failed: count("FAILURE"),
    warnings: count("WARNING"),
    skipped: count("SKIPPED"),
    failures: checks.filter(({ status }) => status === "FAILURE").map((one) => `${one.id}: ${one.errorMessage}`),
  };
}
