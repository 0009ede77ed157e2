// The documentation's site, built into a folder of its own and served as any static server would.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "../../../../scripts/lib/processes.mjs";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export interface Site {
  readonly folder: string;
  readonly url: string;
  /** What is built, as paths from its root. */
  readonly files: readonly string[];
  readonly read: (file: string) => string;
  close(): Promise<void>;
}

/** Builds it with the documented command. Throws if that fails: a dead link, for example. */
export async function openSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-site-"));
  const args = [join(root, "scripts/docs.mjs"), "build", "--outDir", folder];
  const code = await runChild(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (code !== 0) throw new Error(`docs:build ended with ${code}`);
  const server = createServer(({ url = "/" }, response) => {
    const file = findFile(folder, decodeURIComponent(new URL(url, "http://site").pathname));
    const shown = file ?? join(folder, "404.html");
    response.writeHead(file === undefined ? 404 : 200, { "content-type": types[extname(shown)] ?? "text/plain" });
    response.end(readFileSync(shown));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return {
    folder,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: files.filter((file) => statSync(join(folder, file)).isFile()),
    read: (file) => readFileSync(join(folder, file), "utf8"),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
};

/** An address without an ending is that of a page. */
function findFile(folder: string, path: string): string | undefined {
  const plain = join(folder, path);
  if (!plain.startsWith(folder)) return undefined;
  const candidates = path.endsWith("/") ? [join(plain, "index.html")] : [plain, `${plain}.html`];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}
