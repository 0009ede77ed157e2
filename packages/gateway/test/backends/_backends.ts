// The backends of `examples/behind-gateway`, each started by its own runtime.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { runChild } from "../../../../scripts/lib/processes.mjs";
import { findProgram } from "../../../../scripts/lib/programs.mjs";
import { startProgram } from "../proxies/_process.js";

/** A running backend. */
export interface Backend {
  readonly port: number;
  close(): Promise<void>;
}

const folder = fileURLToPath(new URL("../../../../examples/behind-gateway/", import.meta.url));

/** How each is started, and the program that it needs. */
export const backends = [
  { language: "Python", program: "uvicorn", start: startPython },
  { language: "Go", program: "go", start: startGo },
  { language: "PHP", program: "php", start: startPhp },
] as const;

async function startPython(): Promise<Backend> {
  const port = await pickPort(0, "127.0.0.1");
  const args = ["main:app", "--app-dir", join(folder, "python"), "--host", "127.0.0.1", "--port", String(port)];
  const environment = { PYTHONDONTWRITEBYTECODE: "1" };
  const running = await startProgram({ name: "uvicorn", files: {}, toArguments: () => args, port, environment });
  return { port, close: running.close };
}

async function startPhp(): Promise<Backend> {
  const port = await pickPort(0, "127.0.0.1");
  const args = ["-S", `127.0.0.1:${port}`, join(folder, "php/index.php")];
  const running = await startProgram({ name: "php", files: {}, toArguments: () => args, port });
  return { port, close: running.close };
}

/** Built into a folder of its own: `go run` would leave its child behind. */
async function startGo(): Promise<Backend> {
  const port = await pickPort(0, "127.0.0.1");
  const built = await mkdtemp(join(tmpdir(), "gatewarden-go-"));
  const binary = join(built, "backend");
  const env = { ...process.env, GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
  const go = findProgram("go") ?? "go";
  const code = await runChild(go, ["build", "-o", binary, "."], { cwd: join(folder, "go"), env, stdio: "inherit" });
  if (code !== 0) throw new Error(`go build ended with ${code}`);
  const environment = { LISTEN: `127.0.0.1:${port}` };
  const running = await startProgram({ name: binary, files: {}, toArguments: () => [], port, environment });
  const close = async () => {
    await running.close();
    await rm(built, { recursive: true, force: true });
  };
  return { port, close };
}
