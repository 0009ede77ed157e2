// A server in a project, as a process with nothing but its own environment.
import { spawn } from "node:child_process";
import process from "node:process";
import type { Tenant } from "@gatewarden/dev";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { end } from "../../../runtimes/test/support/runtime.js";

/** A running server. */
export interface Served {
  /** Without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs a script of Node.js that trusts the tenant, and resolves when it says where it listens. */
export async function serveProject(folder: string, script: string, { issuer, audience }: Tenant): Promise<Served> {
  const host = "127.0.0.1";
  const port = String(await pickPort(0, host));
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOST: host, PORT: port, ISSUER_BASE_URL: issuer, AUDIENCE: audience },
  });
  await new Promise<void>((resolve, reject) => {
    let output = "";
    const read = (chunk: unknown) => {
      output += String(chunk);
      if (output.includes(`:${port}`)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`It ended with ${code}: ${output}`)));
  });
  return { url: `http://${host}:${port}`, stop: () => end(child) };
}
