// Cold start: what importing a library costs, and with Gatewarden also making a guard; each in a process of its own.
import { execFileSync } from "node:child_process";
import { arrange } from "../lib/measure.mjs";
import { toText } from "../lib/report.mjs";
import { summarize } from "../lib/statistics.mjs";

/** Programs that import a library. The first imports nothing. */
const imports = {
  "bare Node.js": "",
  gatewarden: 'import "gatewarden";',
  "gatewarden, guard made":
    'import { createGuard } from "gatewarden"; createGuard({ issuer: "https://a.test/", audience: "a", env: {} });',
  jose: 'import "jose";',
  "fast-jwt": 'import "fast-jwt";',
  jsonwebtoken: 'import "jsonwebtoken";',
  "jsonwebtoken + jwks-rsa": 'import "jsonwebtoken"; import "jwks-rsa";',
  "aws-jwt-verify": 'import "aws-jwt-verify";',
  oauth4webapi: 'import "oauth4webapi";',
  "hono/jwk": 'import "hono/jwk";',
  "express-oauth2-jwt-bearer": 'import "express-oauth2-jwt-bearer";',
  "fast-jwt + get-jwks": 'import "fast-jwt"; import "get-jwks";',
};

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runStartUp({ isQuick, log }) {
  log(`${Object.keys(imports).length} libraries`);
  /** @type {Map<string, number[]>} */
  const times = new Map();
  const cwd = new URL("..", import.meta.url);
  for (let round = 0; round <= (isQuick ? 3 : 25); round++) {
    for (const [name, program] of arrange(Object.entries(imports), round)) {
      const start = performance.now();
      execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd });
      if (round > 0) times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    }
  }
  const bare = summarize(times.get("bare Node.js") ?? []).median;
  return [
    {
      title: "Import in a new process",
      columns: ["program", "ms above bare Node.js", "p25 - p75"],
      rows: [...times]
        .map(([name, values]) => {
          const { median, low, high } = summarize(values);
          const shown = name === "bare Node.js" ? `${toText(median)} in all` : toText(median - bare);
          return [name, shown, `${toText(low - bare)} - ${toText(high - bare)}`];
        })
        .sort(([a = ""], [b = ""]) => Object.keys(imports).indexOf(a) - Object.keys(imports).indexOf(b)),
    },
  ];
}
