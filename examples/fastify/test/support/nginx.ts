// A real nginx that ends TLS in front of the API and hands on the client's certificate, configured as the README says.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Identity } from "../../../../packages/gatewarden/test/support/certificates.js";
import { isListening, pickPort } from "../../../../scripts/lib/ports.mjs";

export const nginxPath: string = process.env["NGINX_PATH"] ?? "/usr/sbin/nginx";
export const isNginxMissing: boolean = !existsSync(nginxPath);

/** A proxy. */
export interface TlsProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it in front of `api`, with the certificate of `server`. */
export async function startNginx(api: string, server: Identity): Promise<TlsProxy> {
  if (isNginxMissing) throw new Error(`There is no nginx at ${nginxPath}`);
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-nginx-"));
  const port = await pickPort(0, "127.0.0.1");
  await writeFile(join(folder, "cert.pem"), server.cert);
  await writeFile(join(folder, "key.pem"), server.key, { mode: 0o600 });
  await writeFile(join(folder, "nginx.conf"), toConfiguration(api, port));
  const child = spawn(nginxPath, ["-p", folder, "-c", "nginx.conf", "-e", "stderr"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    log += chunk;
  });
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${log}`);
    await delay(20);
  }
  const close = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  };
  return { url: `https://127.0.0.1:${port}`, close };
}

function toConfiguration(api: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`);
  return `
daemon off;
pid nginx.pid;
worker_processes 1;
events {}
http {
  access_log off;
  ${temporary.join(" ")}
  ${readExample().replace("listen 443", `listen 127.0.0.1:${port}`).replace("http://127.0.0.1:3000", api)}
}
`;
}

/** What the README tells people to write. */
function readExample(): string {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  return /```nginx\n(.*?)```/s.exec(readme)?.[1] ?? "";
}
