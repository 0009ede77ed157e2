// `npm start`: a protected API and its identity provider, from a fresh clone to requests being accepted and refused.
// `npm start -- --once` shows the same, stops everything, and exits 0 only if every request came out as it must.
import { parseArgs } from "node:util";
import { startApi } from "./lib/api.mjs";
import { printEpilogue } from "./lib/epilogue.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { loadEnvironmentFiles, openIssuer } from "./lib/issuer.mjs";
import { prepare } from "./lib/prepare.mjs";
import { print } from "./lib/printable.mjs";
import { stopChildren, stopOnSignals } from "./lib/processes.mjs";
import { show, toSteps } from "./lib/show.mjs";

/** @typedef {import("@gatewarden/dev").Tenant} Tenant */

// Started by hand, a script may outlive its shell (nohup); started by npm, it must not outlive npm.
if (process.env["npm_lifecycle_event"]) await import("./lib/end-with-parent.mjs");

await runMain(async () => {
  const { once } = parseOptions();
  /** @type {Tenant | undefined} */
  let tenant;
  stopOnSignals({ exitCode: once ? 130 : 0, stop: async () => tenant?.close() });
  try {
    await prepare();
    loadEnvironmentFiles();
    const issuer = await openIssuer({ keepKeys: !once });
    tenant = issuer.tenant;
    const isRight = await present(issuer, once);
    return isRight ? 0 : 1;
  } finally {
    await stopChildren();
    await tenant?.close();
  }
});

function parseOptions() {
  try {
    const { once = false } = parseArgs({ options: { once: { type: "boolean" } } }).values;
    return { once };
  } catch (cause) {
    throw new Failure("Usage: npm start, or: npm start -- --once", { cause });
  }
}

/**
 * Starts the API, shows the requests, and unless it is for once, serves until the API ends.
 * @param {import("./lib/issuer.mjs").Issuer} issuer
 * @param {boolean} once
 */
async function present(issuer, once) {
  print(`Starting the API; its issuer is ${issuer.name} ...`);
  const api = await startApi(issuer.env);
  const tokens = issuer.tenant && (await getTokens(issuer.tenant));
  if (!tokens) print("Only that issuer can issue a token, so two requests are shown: those that need none.");
  if (!api.isReady) print("The API is not ready: the issuer's keys cannot be fetched. GET /healthz says so, too.");
  const isRight = await show(api.url, toSteps(tokens));
  print(isRight ? "\nAll as it must be." : "\nNot as it must be.");
  if (once) return isRight;
  printEpilogue({ url: api.url, issuer, tokens });
  api.showLog();
  await api.ended;
  throw new Failure("The API has ended.");
}

/**
 * @param {Tenant} tenant
 * @returns {Promise<import("./lib/show.mjs").Tokens>}
 */
async function getTokens(tenant) {
  const [alice, bob] = await Promise.all([tenant.token({ as: "alice" }), tenant.token({ as: "bob" })]);
  return { alice: alice.access_token, bob: bob.access_token };
}
