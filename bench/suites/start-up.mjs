// Cold start: what importing a library costs, and with Gatewarden also making a guard; each in a process of its own.
import { execFileSync } from "node:child_process";
import { arrange } from "../lib/measure.mjs";
import { toText } from "../lib/report.mjs";
import { summarize } from "../lib/statistics.mjs";
import { audience, createClaims, createKey, issuer, signToken } from "../lib/tokens.mjs";

const bare = "bare Node.js";

/** Programs that import a library. The first imports nothing. */
const imports = {
  [bare]: "",
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

const given = `const { token, jwk, issuer, audience } = JSON.parse(process.env.BENCH_COLD); const algorithms = ["RS256"];`;

/** Programs that verify one token with a key that they are given. */
const firstTokens = {
  gatewarden: `import { createGuard } from "gatewarden"; ${given}
    await createGuard({ issuer, audience, keys: { jwks: { keys: [jwk] } }, env: {} }).verify(token);`,
  jose: `import { createLocalJWKSet, jwtVerify } from "jose"; ${given}
    await jwtVerify(token, createLocalJWKSet({ keys: [jwk] }), { issuer, audience, algorithms });`,
  "fast-jwt": `import { createPublicKey } from "node:crypto"; import { createVerifier } from "fast-jwt"; ${given}
    const key = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    createVerifier({ key, algorithms, allowedIss: issuer, allowedAud: audience })(token);`,
  jsonwebtoken: `import { createPublicKey } from "node:crypto"; import jsonwebtoken from "jsonwebtoken"; ${given}
    jsonwebtoken.verify(token, createPublicKey({ key: jwk, format: "jwk" }), { issuer, audience, algorithms });`,
  "aws-jwt-verify": `import { JwtVerifier } from "aws-jwt-verify"; ${given}
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri: issuer + "jwks" });
    verifier.cacheJwks({ keys: [jwk] }); verifier.verifySync(token);`,
  "hono/jwk": `import { verifyWithJwks } from "hono/jwt"; ${given}
    const verification = { iss: issuer, aud: audience, typ: "at+jwt" };
    await verifyWithJwks(token, { keys: [jwk], allowedAlgorithms: algorithms, verification });`,
};

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runStartUp({ isQuick, log }) {
  const rounds = isQuick ? 3 : 25;
  const key = createKey("RS256");
  const token = signToken(key, createClaims(0));
  log("imports");
  const imported = measurePrograms(imports, rounds);
  log("first tokens");
  const env = { ...process.env, BENCH_COLD: JSON.stringify({ token, jwk: key.jwk, issuer, audience }) };
  const verified = measurePrograms({ [bare]: "", ...firstTokens }, rounds, env);
  return [
    toTable("Import in a new process", imported),
    toTable("First token in a new process: import, set-up, one RS256 token", verified),
  ];
}

/**
 * @param {Readonly<Record<string, string>>} programs
 * @param {number} rounds
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {ReadonlyMap<string, readonly number[]>} Milliseconds, by name, in the programs' order.
 */
function measurePrograms(programs, rounds, env = process.env) {
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(programs).map((name) => [name, []]));
  const cwd = new URL("..", import.meta.url);
  for (let round = 0; round <= rounds; round++) {
    for (const [name, program] of arrange(Object.entries(programs), round)) {
      const start = performance.now();
      execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd, env });
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return times;
}

/** @param {string} title @param {ReadonlyMap<string, readonly number[]>} times @returns {import("../lib/report.mjs").Facts} */
function toTable(title, times) {
  const least = summarize(times.get(bare) ?? []).median;
  const rows = [...times].map(([name, values]) => {
    const { median, low, high } = summarize(values);
    const shown = name === bare ? `${toText(median)} in all` : toText(median - least);
    const label = name.startsWith("gatewarden") ? `**${name}**` : name;
    return [label, shown, `${toText(low - least)} - ${toText(high - least)}`];
  });
  return { title, columns: ["program", "ms above bare Node.js", "p25 - p75"], rows };
}
