// Who is compared: proxies with and without a check, and what each is made of.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../../scripts/lib/programs.mjs";
import { createClaims } from "../tokens.mjs";
import { listMissingModules, toAnswering, toInternalCheck, toNginx, toShipped } from "./nginx.mjs";
import { listMissingApacheModules, toApache, toHaproxy, toModAuthOpenidc, toModOauth2 } from "./other-proxies.mjs";

/** @typedef {import("./nginx.mjs").Placed} Placed */
/** @typedef {import("./programs.mjs").Program} Program */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {"bare" | "floor" | "ours" | "peer"} kind `bare` has no check, `floor` asks and is told yes.
 * @property {string} [bare] The same without a check.
 * @property {readonly string[]} programs That must be there.
 * @property {readonly string[]} missing Modules that are not there.
 * @property {(placed: Placed) => Program} toProxy
 * @property {(placed: Placed) => Program} [toAuthorizer] What the proxy asks in another process.
 * @property {(placed: Placed) => Program} [toApplication] What it protects, if that is not the common one.
 */

const file = (/** @type {string} */ name) => fileURLToPath(new URL(`files/${name}`, import.meta.url));
const readFile = (/** @type {string} */ name) => readFileSync(file(name), "utf8");

/** @param {number} port @param {string} config @param {Readonly<Record<string, string>>} [files] @returns {Program} */
function nginx(port, config, files = {}) {
  const toArguments = (/** @type {string} */ folder) => ["-p", `${folder}/`, "-c", "nginx.conf", "-e", "error.log"];
  return { name: "nginx", files: { "nginx.conf": config, ...files }, toArguments, port };
}

/** @param {number} port @param {string} config @param {Readonly<Record<string, string>>} [files] @returns {Program} */
function apache(port, config, files = {}) {
  const toArguments = (/** @type {string} */ folder) => ["-d", folder, "-f", `${folder}/httpd.conf`, "-DFOREGROUND"];
  return { name: "apache2", files: { "httpd.conf": config, ...files }, toArguments, port };
}

/** @param {number} port @param {string} config @param {Readonly<Record<string, string>>} [files] @returns {Program} */
function haproxy(port, config, files = {}) {
  return {
    name: "haproxy",
    files: { "haproxy.cfg": config, ...files },
    toArguments: () => ["-f", "haproxy.cfg", "-db"],
    port,
  };
}

/** Answers everything with the same JSON. @param {number} port @param {object} answer */
export function toApplication(port, answer) {
  return nginx(port, toAnswering(port, `return 200 '${JSON.stringify(answer)}';`));
}

/** @param {Placed} placed @param {{ readonly overSocket?: boolean }} [options] @returns {Program} */
function toShippedProxy(placed, options) {
  const { "nginx.conf": main, ...others } = toShipped(placed, options);
  return nginx(placed.port, main, others);
}

/**
 * The gateway with its defaults, but for the log of what it allowed: no other contestant writes one.
 * @param {Placed} placed
 * @param {{ readonly issuers?: readonly object[], readonly overSocket?: boolean }} [options]
 * @returns {Program}
 */
export function toGateway({ authorizer, socket, setting }, { issuers, overSocket = false } = {}) {
  const address = overSocket ? `unix:${socket}` : `127.0.0.1:${authorizer}`;
  const args = ["gateway", "--rules", "rules.yaml", "--listen", address, "--admin", "off"];
  return {
    name: process.execPath,
    files: { "rules.yaml": toRules(setting, { issuers }) },
    toArguments: () => [
      fileURLToPath(new URL("../../../packages/gatewarden/dist/cli/bin.js", import.meta.url)),
      ...args,
    ],
    port: overSocket ? socket : authorizer,
  };
}

/**
 * @param {import("./nginx.mjs").Setting} setting
 * @param {{ readonly issuers?: readonly object[] | undefined, readonly realm?: string, readonly extra?: string }} [options]
 */
export function toRules({ issuer, audience, jwk }, { issuers, realm = "bench", extra = "/metrics" } = {}) {
  const trusted = issuers ?? [{ issuer, keys: { jwks: { keys: [jwk] } } }];
  return `proxy: nginx
log: refusals
guard:
  issuer: ${JSON.stringify(trusted)}
  audience: ${audience}
  realm: ${realm}
rules:
  - path: /health
    public: true
  - path: ${extra}
    permission: metrics:read
  - path: /**
    authenticated: true
`;
}

/** @param {Placed} placed @returns {Program} */
function toFastapi({ application, setting }) {
  const args = ["recipe:app", "--host", "127.0.0.1", "--port", String(application), "--no-access-log"];
  return {
    name: "uvicorn",
    files: { "recipe.py": readFile("recipe.py"), "setting.json": JSON.stringify(setting) },
    toArguments: () => args,
    port: application,
  };
}

/**
 * What the gateway tells the application of the user, always of the same one: a no-op authorizer with these costs the proxy what a true one does.
 * @type {Readonly<Record<string, string>>}
 */
const identity = (() => {
  const { sub, client_id, scope, permissions, iss } = createClaims(0);
  return {
    "cache-control": "no-store",
    "X-Auth-Subject": sub,
    "X-Auth-Client": client_id,
    "X-Auth-Scope": scope,
    "X-Auth-Permissions": permissions.join(" "),
    "X-Auth-Issuer": iss,
  };
})();
/** @param {number | string} place A port, or the path of a Unix socket. @param {Readonly<Record<string, string>>} [headers] */
const toNodeYes = (place, headers = {}) => ({
  name: process.execPath,
  toArguments: () => [file("yes.mjs"), String(place), JSON.stringify(headers)],
  port: place,
});
/** @param {Placed} placed @param {Readonly<Record<string, string>>} [headers] */
const toNginxYes = ({ authorizer }, headers = {}) => {
  const lines = Object.entries(headers).map(([name, value]) => `add_header ${name} "${value}";`);
  return nginx(authorizer, toAnswering(authorizer, `${lines.join(" ")} return 204;`));
};
const njs = ["ngx_http_js_module.so"];
const lua = ["ndk_http_module.so", "ngx_http_lua_module.so"];
/** LuaJIT finds no cjson where Debian's package is not installed. */
const cjson = findProgram("nginx") === undefined ? [] : listMissingLua();

function listMissingLua() {
  const folders = ["/usr/lib/x86_64-linux-gnu/lua/5.1", "/usr/lib/aarch64-linux-gnu/lua/5.1", "/usr/local/lib/lua/5.1"];
  return folders.some((folder) => findFile(`${folder}/cjson.so`)) ? [] : ["lua-cjson"];
}

/** @param {string} path */
function findFile(path) {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

/** The name of what ours is measured against. */
export const noOp = "nginx + no-op authorizer (another nginx)";
export const ours = "nginx + Gatewarden gateway";

/** @type {readonly Contestant[]} */
export const contestants = [
  {
    name: "nginx, unprotected",
    kind: "bare",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => nginx(placed.port, toNginx(placed)),
  },
  {
    name: "nginx + auth_request to itself",
    kind: "floor",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => nginx(placed.port, toNginx(placed, { server: toInternalCheck("return 204;") })),
  },
  {
    name: noOp,
    kind: "floor",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed),
    toAuthorizer: (placed) => toNginxYes(placed),
  },
  {
    name: `${noOp}, names a user`,
    kind: "floor",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed),
    toAuthorizer: (placed) => toNginxYes(placed, identity),
  },
  {
    name: "nginx + no-op authorizer (node:http)",
    kind: "floor",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed),
    toAuthorizer: ({ authorizer }) => toNodeYes(authorizer),
  },
  {
    name: "nginx + no-op authorizer (node:http), names a user",
    kind: "floor",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed),
    toAuthorizer: ({ authorizer }) => toNodeYes(authorizer, identity),
  },
  {
    name: "nginx + no-op authorizer (node:http), Unix socket",
    kind: "floor",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed, { overSocket: true }),
    toAuthorizer: ({ socket }) => toNodeYes(socket),
  },
  {
    name: ours,
    kind: "ours",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed),
    toAuthorizer: (placed) => toGateway(placed),
  },
  {
    name: `${ours}, Unix socket`,
    kind: "ours",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [],
    toProxy: (placed) => toShippedProxy(placed, { overSocket: true }),
    toAuthorizer: (placed) => toGateway(placed, { overSocket: true }),
  },
  {
    name: "nginx + njs check",
    kind: "peer",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: listMissingModules(njs),
    toProxy: (placed) => {
      const server = toInternalCheck("js_content check.check;");
      const http = "js_path .; js_import check from check.js;";
      const config = toNginx(placed, { modules: njs, http, server });
      return nginx(placed.port, config, {
        "check.js": readFile("check.js"),
        "setting.json": JSON.stringify(placed.setting),
      });
    },
  },
  {
    name: "nginx + Lua check",
    kind: "peer",
    bare: "nginx, unprotected",
    programs: ["nginx"],
    missing: [...listMissingModules(lua), ...cjson],
    toProxy: (placed) => {
      const http = `lua_package_path "$prefix/?.lua;;"; init_by_lua_block { check = require "check" }`;
      const server = "access_by_lua_block { check.check() }";
      const config = toNginx(placed, { modules: lua, http, server });
      return nginx(placed.port, config, {
        "check.lua": readFile("check.lua"),
        "setting.json": JSON.stringify(placed.setting),
      });
    },
  },
  {
    name: "nginx + FastAPI, unprotected",
    kind: "bare",
    programs: ["nginx", "uvicorn"],
    missing: [],
    toProxy: (placed) => nginx(placed.port, toNginx(placed, { path: "/open" })),
    toApplication: toFastapi,
  },
  {
    name: "nginx + FastAPI recipe (PyJWT)",
    kind: "peer",
    bare: "nginx + FastAPI, unprotected",
    programs: ["nginx", "uvicorn"],
    missing: [],
    toProxy: (placed) => nginx(placed.port, toNginx(placed)),
    toApplication: toFastapi,
  },
  {
    name: "Apache, unprotected",
    kind: "bare",
    programs: ["apache2"],
    missing: [],
    toProxy: (placed) => apache(placed.port, toApache(placed)),
  },
  {
    name: "Apache mod_oauth2",
    kind: "peer",
    bare: "Apache, unprotected",
    programs: ["apache2"],
    missing: listMissingApacheModules(["oauth2"]),
    toProxy: (placed) => apache(placed.port, toModOauth2(placed)),
  },
  {
    name: "Apache mod_auth_openidc",
    kind: "peer",
    bare: "Apache, unprotected",
    programs: ["apache2"],
    missing: listMissingApacheModules(["auth_openidc"]),
    toProxy: (placed) => apache(placed.port, toModAuthOpenidc(placed), { "public.pem": placed.setting.pem }),
  },
  {
    name: "HAProxy, unprotected",
    kind: "bare",
    programs: ["haproxy"],
    missing: [],
    toProxy: (placed) => haproxy(placed.port, toHaproxy(placed, { isChecking: false })),
  },
  {
    name: "HAProxy jwt_verify",
    kind: "peer",
    bare: "HAProxy, unprotected",
    programs: ["haproxy"],
    missing: [],
    toProxy: (placed) =>
      haproxy(placed.port, toHaproxy(placed, { isChecking: true }), { "public.pem": placed.setting.pem }),
  },
];
