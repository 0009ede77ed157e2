// Runs `next start` where HOST and PORT say, and prints one line with the URL once it answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import process from "node:process";

try {
  process.loadEnvFile();
} catch {
  // There is no .env. What the environment already holds would win over it.
}

const host = process.env["HOST"]?.trim() || "127.0.0.1";
const port = await pickPort(Number(process.env["PORT"]?.trim() || 3000));
const url = `http://${host}:${port}`;
const program = createRequire(import.meta.url).resolve("next/dist/bin/next");
const child = spawn(process.execPath, [program, "start", "--hostname", host, "--port", String(port)], {
  cwd: import.meta.dirname,
  env: { ...process.env, RESOURCE_URL: process.env["RESOURCE_URL"]?.trim() || url, NEXT_TELEMETRY_DISABLED: "1" },
  stdio: ["ignore", "pipe", "inherit"],
});
child.stdout.on("data", (chunk) => {
  // Next.js names its address before it answers.
  const lines = String(chunk).split(/(?<=\n)/);
  process.stderr.write(lines.filter((line) => !/(Local|Network):/.test(line)).join(""));
  if (lines.some((line) => line.includes("Ready in"))) void announce();
});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
// npm passes a signal to the shell that it started, and some shells end without passing it on.
const parent = process.ppid;
if (process.env["npm_lifecycle_event"])
  setInterval(() => process.ppid === parent || child.kill("SIGTERM"), 250).unref();
const [code] = await once(child, "exit");
process.exitCode = code ?? 0;

/** Next.js says "Ready" before its instrumentation has run, which may still end the server. */
async function announce() {
  const answer = await fetch(`${url}/api/public`).catch(() => undefined);
  if (answer?.ok) console.log(`Server listening at ${url}`);
}

/** Port 0 is any free one. The application must know its own origin, so it is chosen here. @param {number} wanted */
async function pickPort(wanted) {
  if (wanted !== 0) return wanted;
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : wanted;
}
