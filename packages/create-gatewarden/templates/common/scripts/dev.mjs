// Starts the local tenant and the API together, and the API again when a source changes.
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { createTenant, loadConfig, tenantDirectoryName } from "@gatewarden/dev";

/** @type {import("node:child_process").ChildProcess[]} */
const children = [];
const tenant = await createTenant({ ...(await loadConfig(process.cwd())), directory: tenantDirectoryName });
const env = {
  ...process.env,
  // Empty variables count as unset, and keep .env from setting them: here the local tenant counts.
  ...{ AUTH0_DOMAIN: "", AUTH0_AUDIENCE: "", ISSUER: "", JWKS_URI: "", TOKEN_SIGNING_ALG: "", SECRET: "" },
  ISSUER_BASE_URL: tenant.issuer,
  AUDIENCE: tenant.audience,
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop);

const isPretty = process.stdout.isTTY ? ["--pretty"] : [];
start("tsc", ["--watch", "--preserveWatchOutput", ...isPretty], (line) => {
  // The first build is done. With errors too: they are on the screen, and the code may run.
  if (/Watching for file changes/.test(line) && children.length === 1) startApi();
});

function startApi() {
  let isShown = false;
  start(process.execPath, ["--watch", "--watch-preserve-output", "dist/src/main.js"], (line) => {
    const [, url] = /^The API listens at (http\S+)$/.exec(line) ?? [];
    if (url === undefined || isShown) return;
    isShown = true;
    tenant.showApi({ url, name: process.env["npm_package_name"] ?? "API" });
    console.log(toHelp(url));
  });
}

/** @param {string} url */
function toHelp(url) {
  return `
The local tenant is at ${tenant.issuer}, its console at ${tenant.issuer}console

In another terminal, in this folder:

  curl -i ${url}/api/private -H "Authorization: Bearer $(npx gatewarden token --as alice)"

Stop both with Ctrl-C.
`;
}

/**
 * Starts a program whose end ends the others.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {(line: string) => void} onLine
 */
function start(command, args, onLine) {
  // On Windows, commands of packages are batch files.
  const shell = process.platform === "win32" && command === "tsc";
  const child = spawn(command, args, { env, shell, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  child.once("exit", stop);
  createInterface({ input: child.stdout }).on("line", (line) => {
    console.log(line);
    onLine(line);
  });
}

async function stop() {
  for (const child of children.splice(0)) child.kill();
  await tenant.close();
}
