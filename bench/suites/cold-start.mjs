// Cold start of what is deployed: one file by esbuild, minified, in a new process. Bytes, import, and the first token with a key at hand;
// on Node.js as Lambda starts a function, and in workerd if matrix/runtimes has it.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { arrange } from "../lib/measure.mjs";
import { toText } from "../lib/report.mjs";
import { audience, createClaims, createKey, issuer, signToken } from "../lib/tokens.mjs";

const bench = fileURLToPath(new URL("..", import.meta.url));
const workerd = join(bench, "../matrix/runtimes/node_modules/@cloudflare/workerd-linux-64/bin/workerd");
const given = "const { token, jwk, issuer, audience } = globalThis.given;";
const lean = ["gatewarden-lean"];

/**
 * A program: `verify` checks the token, and is not called where only the import is measured.
 * @typedef {{ readonly code: string, readonly conditions?: readonly string[], readonly isNodeOnly?: boolean }} Program
 */

const guard = `import { createGuard } from "gatewarden";
  export const verify = () => { ${given}
    return createGuard({ issuer, audience, keys: { jwks: { keys: [jwk] } }, env: {} }).verify(token); };`;
const handler = `import { createGuard, permission } from "gatewarden"; import { protect } from "gatewarden/lambda";
  export const verify = async () => { ${given}
    const guard = createGuard({ issuer, audience, keys: { jwks: { keys: [jwk] } }, env: {} });
    const result = await protect(guard, () => ({ statusCode: 200, body: "" }))({
      version: "2.0", rawPath: "/", headers: { authorization: "Bearer " + token },
      requestContext: { domainName: "a.test", http: { method: "GET" } } }, {});
    if (result.statusCode !== 200) throw new Error(result.body); };`;

/** @type {Readonly<Record<string, Program>>} */
const programs = {
  nothing: { code: "export const verify = () => {};" },
  "gatewarden, whole": { code: guard },
  "gatewarden, lean": { code: guard, conditions: lean },
  "gatewarden/lambda, lean": { code: handler, conditions: lean },
  jose: {
    code: `import { createLocalJWKSet, jwtVerify } from "jose";
      export const verify = () => { ${given}
        return jwtVerify(token, createLocalJWKSet({ keys: [jwk] }), { issuer, audience, algorithms: ["RS256"] }); };`,
  },
  "aws-jwt-verify": {
    isNodeOnly: true,
    code: `import { JwtVerifier } from "aws-jwt-verify";
      export const verify = () => { ${given}
        const verifier = JwtVerifier.create({ issuer, audience, jwksUri: issuer + "jwks" });
        verifier.cacheJwks({ keys: [jwk] }); return verifier.verifySync(token); };`,
  },
};

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runColdStart({ isQuick, log }) {
  const rounds = isQuick ? 5 : 25;
  const scratch = mkdtempSync(join(tmpdir(), "gatewarden-cold-"));
  const key = createKey("RS256");
  const value = { token: signToken(key, createClaims(0)), jwk: key.jwk, issuer, audience };
  writeFileSync(join(scratch, "given.js"), `globalThis.given = ${JSON.stringify(value)};`);
  try {
    log("Node.js");
    const facts = [await measureNode(scratch, rounds)];
    if (!existsSync(workerd)) return facts;
    log("workerd");
    return [...facts, await measureWorkerd(scratch, rounds)];
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** @param {Program} program @param {import("esbuild").BuildOptions} options */
async function bundle({ code, conditions = [] }, options) {
  const stdin = { contents: code, resolveDir: bench };
  const all = [...(options.conditions ?? []), ...conditions];
  await build({ bundle: true, minify: true, logLevel: "error", target: "es2023", ...options, stdin, conditions: all });
}

/** @param {string} scratch @param {number} rounds */
async function measureNode(scratch, rounds) {
  const names = Object.keys(programs);
  const fileOf = (/** @type {string} */ name) => join(scratch, `${names.indexOf(name)}.cjs`);
  for (const [name, program] of Object.entries(programs)) {
    await bundle(program, { platform: "node", format: "cjs", outfile: fileOf(name) });
  }
  const runs = names.flatMap((name) => [`import ${name}`, `token ${name}`]);
  /** @type {Map<string, number[]>} */
  const times = new Map(runs.map((run) => [run, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [run, spent] of arrange([...times], round)) {
      const isToken = run.startsWith("token ");
      const file = JSON.stringify(fileOf(run.slice(run.indexOf(" ") + 1)));
      // Time of the processor: it says the same on a busy machine.
      const program = `require("./given.js"); const start = process.cpuUsage(); const { verify } = require(${file});
        Promise.resolve(${isToken ? "verify()" : ""}).then(() => {
          const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000); });`;
      const time = Number(execFileSync(process.execPath, ["--eval", program], { cwd: scratch, encoding: "utf8" }));
      if (round > 0) spent.push(time);
    }
  }
  const rows = names.slice(1).map((name) => {
    const bytes = readFileSync(fileOf(name));
    const above = ["import", "token"].map((run) => toText(fastest(times, `${run} ${name}`)));
    return [toLabel(name), toKilobytes(bytes.length), toKilobytes(gzipSync(bytes).length), ...above];
  });
  const columns = ["bundle", "KB", "KB gzip", "import, ms", "import and first token, ms"];
  return {
    title: `One file on Node.js, CommonJS, in a new process; processor time, the least of ${rounds}`,
    columns,
    rows,
  };
}

/** @param {string} scratch @param {number} rounds */
async function measureWorkerd(scratch, rounds) {
  const some = Object.entries(programs).filter(([, { isNodeOnly }]) => !isNodeOnly);
  /** @type {Map<string, number[]>} */
  const times = new Map(some.map(([name]) => [name, []]));
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const [index, [name, program]] of some.entries()) {
    const code = `import "./given.js"; ${program.code}
      export default { fetch: async () => { await verify(); return new Response("ok"); } };`;
    const outfile = join(scratch, `worker-${index}.js`);
    const conditions = ["workerd", "worker"];
    await bundle(
      { ...program, code: code.replace("./given.js", join(scratch, "given.js")) },
      { platform: "browser", format: "esm", conditions, outfile },
    );
    sizes.set(name, gzipSync(readFileSync(outfile)).length);
    writeFileSync(join(scratch, `worker-${index}.capnp`), toConfig(`worker-${index}.js`));
  }
  const files = new Map(some.map(([name], index) => [name, join(scratch, `worker-${index}.capnp`)]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, spent] of arrange([...times], round)) {
      const time = await startAndAsk(files.get(name) ?? "");
      if (round > 0) spent.push(time);
    }
  }
  const least = fastest(times, "nothing");
  const rows = [...times.keys()].slice(1).map((name) => {
    return [toLabel(name), toKilobytes(sizes.get(name) ?? 0), toText(fastest(times, name) - least)];
  });
  const columns = ["bundle", "KB gzip, with a key and a token", "ms"];
  return {
    title: `One file in workerd, start and first token; processor time, the least of ${rounds}, above an empty Worker`,
    columns,
    rows,
  };
}

/**
 * Starts workerd and sends one request. Milliseconds of the processor that all its threads have used
 * when it is answered.
 * @param {string} file
 * @returns {Promise<number>}
 */
async function startAndAsk(file) {
  const child = spawn(workerd, ["serve", file, "--control-fd=3"], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
  try {
    const control = /** @type {NodeJS.ReadableStream} */ (child.stdio[3]);
    const line = await new Promise((resolve) => control.once("data", resolve));
    const response = await fetch(`http://127.0.0.1:${JSON.parse(String(line).split("\n")[0] ?? "").port}/`);
    if ((await response.text()) !== "ok") throw new Error(`The Worker answered ${response.status}`);
    const tasks = `/proc/${child.pid}/task`;
    const spent = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]),
    );
    return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
  } finally {
    child.kill("SIGKILL");
  }
}

/** @param {string} file */
function toConfig(file) {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "${file}", esModule = embed "${file}")],
  compatibilityDate = "2026-01-01",
);
`;
}

/**
 * What else runs on a machine only makes a start slower.
 * @param {ReadonlyMap<string, readonly number[]>} times
 * @param {string} name
 */
function fastest(times, name) {
  return Math.min(...(times.get(name) ?? []));
}

/** @param {string} name */
const toLabel = (name) => (name.startsWith("gatewarden") ? `**${name}**` : name);

/** @param {number} bytes */
const toKilobytes = (bytes) => (bytes / 1000).toFixed(1);
