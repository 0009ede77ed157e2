// `npm start`: a protected API and its identity provider, from a fresh clone to requests being accepted and refused.
// `npm start -- --once` shows the same, stops everything, and exits 0 only if every request came out as it must.
// `npm start -- --example hono` shows another of the examples, in the protocol that it speaks.
import { parseArgs } from "node:util";
import { choosePlace, startApi } from "./lib/api.mjs";
import { printEpilogue } from "./lib/epilogue.mjs";
import { examples } from "./lib/examples/list.mjs";
import { serveExample, toApis } from "./lib/examples/serve.mjs";
import { Failure, runMain } from "./lib/failure.mjs";
import { loadEnvironmentFiles, openIssuer } from "./lib/issuer.mjs";
import { prepare, prepareBuild, prepareRuntime } from "./lib/prepare.mjs";
import { print, toPrintable } from "./lib/printable.mjs";
import { stopChildren, stopOnSignals } from "./lib/processes.mjs";
import { show, toSteps } from "./lib/show.mjs";

/** @typedef {import("@gatewarden/dev").Tenant} Tenant */
/** @typedef {import("./lib/examples/list.mjs").Example} Example */
/** @typedef {import("./lib/api.mjs").Place} Place */

/** Shown without the flag. */
const standard = "fastify";

// Started by hand, a script may outlive its shell (nohup); started by npm, it must not outlive npm.
if (process.env["npm_lifecycle_event"]) await import("./lib/end-with-parent.mjs");

await runMain(async () => {
  const { once, example } = parseOptions();
  /** @type {Tenant | undefined} */
  let tenant;
  stopOnSignals({ exitCode: once ? 130 : 0, stop: async () => tenant?.close() });
  try {
    await prepare();
    await prepareRuntime(example);
    await prepareBuild(example);
    loadEnvironmentFiles(example.name);
    const place = await choosePlace();
    const issuer = await openIssuer({ keepKeys: !once, apis: toApis(example, place) });
    tenant = issuer.tenant;
    const isRight = await present({ issuer, place, once, example });
    return isRight ? 0 : 1;
  } finally {
    await stopChildren();
    await tenant?.close();
  }
});

function parseOptions() {
  const { once = false, example = standard } = parseArguments();
  const found = examples.find(({ name }) => name === example);
  if (found) return { once, example: found };
  if (example === "spa") {
    const [problem, remedy] = ["is a page for a browser, not an API", "examples/README.md says how to run it"];
    throw new Failure(`examples/spa ${problem}, and is not started here. ${remedy}.`);
  }
  const names = examples.map(({ name }) => name).join(", ");
  throw new Failure(`There is no example ${toPrintable(example)}. There are: ${names}`);
}

function parseArguments() {
  try {
    return parseArgs({ options: { once: { type: "boolean" }, example: { type: "string" } } }).values;
  } catch (cause) {
    throw new Failure("Usage: npm start, or: npm start -- --once --example hono", { cause });
  }
}

/**
 * Starts the API, shows the requests, and unless it is for once, serves until the API ends.
 * @param {{ issuer: import("./lib/issuer.mjs").Issuer, place: Place, once: boolean, example: Example }} job
 */
async function present({ issuer, place, once, example }) {
  const isStandard = example.name === standard;
  print(`Starting ${isStandard ? "the API" : `examples/${example.name}`}; its issuer is ${issuer.name} ...`);
  const api = await (isStandard ? startApi(place, issuer.env) : serveExample(example, { ...place, env: issuer.env }));
  const tokens = issuer.tenant && (await getTokens(issuer.tenant));
  if (!tokens) print("Only that issuer can issue a token, so two requests are shown: those that need none.");
  if (!api.isReady) print("The API is not ready: the issuer's keys cannot be fetched. GET /healthz says so, too.");
  const isRight = await show(api.url, toSteps(tokens), example.driver);
  print(isRight ? "\nAll as it must be." : "\nNot as it must be.");
  if (once) return isRight;
  issuer.tenant?.showApi({ url: api.url });
  printEpilogue({ url: api.url, issuer, example });
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
