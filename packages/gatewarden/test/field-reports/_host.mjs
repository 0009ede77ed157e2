// One host that lacks things in its own way: breaks the globals, loads the library and asks it.
// Usage: _host.mjs <name> <bundle> <question as JSON>. Prints what the library answered.
import process from "node:process";

const [name = "", bundle = "", question = ""] = process.argv.slice(2);
const { options, good, bad } = JSON.parse(question);
const write = process.stdout.write.bind(process.stdout);
const { getBuiltinModule } = process;

/** @param {string} what */
const fail = (what) => () => {
  throw new Error(`A Node.js API is used (${what}) which is not supported in the Edge Runtime.`);
};
/** @param {object} target */
const hostile = (target = {}) =>
  new Proxy(target, {
    get: fail("get"),
    has: fail("has"),
    ownKeys: fail("ownKeys"),
    getOwnPropertyDescriptor: fail("own"),
  });
/** @param {string} key @param {() => unknown} get */
const define = (key, get) => Object.defineProperty(globalThis, key, { get, configurable: true });

/** The `process` of Next.js' edge runtime: functions that throw stand where Node.js has one. */
function nextProcess() {
  const polyfill = { env: {} };
  for (const key of [...Object.keys(process), "getBuiltinModule"]) {
    if (key === "env") continue;
    const value = typeof Reflect.get(process, key) === "function" ? fail(`process.${key}`) : undefined;
    Object.defineProperty(polyfill, key, { get: () => value });
  }
  return polyfill;
}

/** @type {Record<string, () => void>} */
const hosts = {
  "is Node.js itself": () => {},
  "is Next.js' edge runtime": () => {
    define("process", nextProcess);
    for (const key of ["setImmediate", "clearImmediate"]) define(key, () => fail(key));
  },
  "has no process": () => define("process", () => undefined),
  "throws when process is read": () => define("process", fail("process")),
  "has a process that throws whatever is read": () => define("process", () => hostile()),
  "throws when process.getBuiltinModule is read": () =>
    define("process", () => ({
      env: {},
      get getBuiltinModule() {
        return fail("getBuiltinModule")();
      },
    })),
  "gives modules without content": () => define("process", () => ({ env: {}, getBuiltinModule: () => ({}) })),
  "gives modules that throw whatever is read": () =>
    define("process", () => ({ env: {}, getBuiltinModule: () => hostile() })),
  "throws when process.env is read": () =>
    define("process", () => ({
      getBuiltinModule,
      get env() {
        return fail("process.env")();
      },
    })),
  "lets no variable be read": () => define("process", () => ({ getBuiltinModule, env: hostile() })),
  "throws when navigator is read": () => define("navigator", fail("navigator")),
  "has a navigator that throws whatever is read": () => define("navigator", () => hostile()),
  "throws when setImmediate is read": () => define("setImmediate", fail("setImmediate")),
  "has a setImmediate that throws": () => define("setImmediate", () => fail("setImmediate")),
  "has no performance": () => define("performance", () => undefined),
  "throws when performance is read": () => define("performance", fail("performance")),
  "cannot print warnings": () => {
    define("process", nextProcess);
    define("console", () => hostile());
  },
};

hosts[name]?.();
let loads = false;
const answer = await ask().catch((error) => ({ failed: String(error) }));
write(JSON.stringify({ loads, ...answer }));

async function ask() {
  const { createGuard } = await import(bundle);
  loads = true;
  /** @type {string[]} */
  const heard = [];
  const guard = createGuard({
    ...options,
    onDecision: (/** @type {{ outcome: string }} */ { outcome }) => heard.push(outcome),
  });
  /** @param {string} token */
  const verdict = (token) =>
    guard.verify(token).then(
      () => "accepted",
      (/** @type {{ reason?: string }} */ error) => error.reason ?? String(error),
    );
  const verdicts = [await verdict(good), await verdict(bad)];
  return {
    verdicts,
    heard,
    unset: problemOf(() => createGuard()),
    explain: problemOf(() => createGuard({ ...options, explain: "development" })),
  };
}

/** @param {() => unknown} create */
function problemOf(create) {
  try {
    create();
    return "none";
  } catch (error) {
    const { name, option } = /** @type {{ name: string, option: string }} */ (error);
    return `${name}: ${option}`;
  }
}
