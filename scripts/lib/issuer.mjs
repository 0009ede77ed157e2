// Whom the API trusts while `npm start` runs: the issuer of the environment, or a local tenant.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { pickPort } from "./ports.mjs";
import { print } from "./printable.mjs";

/**
 * @typedef {object} Issuer
 * @property {string} name How it is shown.
 * @property {Readonly<Record<string, string>>} env What the API has to find in its environment.
 * @property {import("@gatewarden/dev").Tenant | undefined} tenant The local tenant, if this is one.
 * @property {boolean} isFound Whether commands run in this folder find the tenant by themselves.
 */

/**
 * Loads `.env` from the root and from the example. What the environment already holds wins.
 * @param {string} example
 */
export function loadEnvironmentFiles(example) {
  const files = [join(root, ".env"), join(root, "examples", example, ".env")];
  for (const file of files.filter((one) => existsSync(one))) process.loadEnvFile(file);
}

/**
 * The issuer that the environment names, or a local tenant, started here.
 * @param {object} options
 * @param {boolean} options.keepKeys Whether the tenant's keys are kept on disk for the next start.
 * @param {readonly import("@gatewarden/dev").ApiInput[] | undefined} [options.apis] For what the tenant issues tokens.
 * @returns {Promise<Issuer>}
 */
export async function openIssuer({ keepKeys, apis }) {
  const name = process.env["AUTH0_DOMAIN"] || process.env["ISSUER_BASE_URL"];
  if (name) return { name, env: {}, tenant: undefined, isFound: false };
  const { createTenant, defaultPort, tenantDirectoryName } = await import("@gatewarden/dev");
  const port = await pickPort(defaultPort, "127.0.0.1");
  if (port !== defaultPort) print(`Port ${defaultPort} is taken; the tenant uses ${port} instead.`);
  // A second tenant must not take over the directory of the one that runs here.
  const own = join(root, tenantDirectoryName);
  const isRecorded = keepKeys && !(await isInUse(own));
  const tenant = await createTenant({ port, directory: isRecorded ? own : undefined, apis });
  // On another port, commands name the issuer: a tenant that starts later may replace the record.
  return { name: tenant.issuer, env: toEnvironment(tenant), tenant, isFound: isRecorded && port === defaultPort };
}

/**
 * Whether the tenant that the directory records still answers.
 * @param {string} directory
 */
async function isInUse(directory) {
  try {
    const { issuer } = JSON.parse(await readFile(join(directory, "tenant.json"), "utf8"));
    const answer = await fetch(new URL("/dev", issuer), { signal: AbortSignal.timeout(2_000) });
    return answer.ok && (await answer.json()).issuer === issuer;
  } catch {
    return false;
  }
}

/**
 * Every name that the API reads, so that none is left for a `.env` file to contradict.
 * @param {import("@gatewarden/dev").Tenant} tenant
 */
export function toEnvironment({ issuer, audience, url }) {
  const console = { GATEWARDEN_CONSOLE: url };
  return { ...console, AUTH0_DOMAIN: issuer, ISSUER_BASE_URL: issuer, AUTH0_AUDIENCE: audience, AUDIENCE: audience };
}
