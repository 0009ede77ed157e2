// The configurations of nginx: bare, with an authorizer in itself, with njs and Lua, and as `deploy/` ships it with the gateway.
import { existsSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Placed
 * @property {number} port Of the proxy.
 * @property {number} application Port of what is protected.
 * @property {number} authorizer Port of what is asked, if it is asked.
 * @property {string} socket Path of a Unix socket, for what is asked over one.
 * @property {Setting} setting
 */

/** @typedef {import("../server.mjs").ServerSetting & { readonly answer: object }} Setting */

const moduleFolder = "/usr/lib/nginx/modules";

/** Modules of nginx that are not there, as Debian names them. @param {readonly string[]} names */
export function listMissingModules(names) {
  return names.filter((name) => !existsSync(`${moduleFolder}/${name}`));
}

/** Started by root, nginx would work as a user who may not write into the folder of the run. */
const asUser = process.getuid?.() === 0 ? "user root;" : "";
const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((one) => `${one}_temp_path ${one};`);
const head = (/** @type {readonly string[]} */ modules) =>
  [
    ...modules.map((name) => `load_module ${moduleFolder}/${name};`),
    "daemon off;",
    asUser,
    "pid nginx.pid;",
    "error_log error.log error;",
    "worker_processes 1;",
  ].join("\n");
/** A run is one long load: nginx would otherwise end each connection after a thousand requests, or while others have their turn. */
const common = `access_log off; ${temporary.join(" ")} keepalive_requests 10000000; keepalive_timeout 3600s;`;

/**
 * @param {Placed} placed
 * @param {{ readonly modules?: readonly string[], readonly http?: string, readonly server?: string, readonly path?: string }} [parts]
 */
export function toNginx({ port, application }, { modules = [], http = "", server = "", path = "" } = {}) {
  return `${head(modules)}
events { worker_connections 1024; }
http {
  ${common}
  ${http}
  upstream application { server 127.0.0.1:${application}; keepalive 64; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port};
    ${server}
    location / {
      ${path === "" ? "" : `rewrite ^ ${path} break;`}
      proxy_pass http://application;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}`;
}

/** Answers everything at once: what is protected, or what is asked. @param {number} port @param {string} answer */
export function toAnswering(port, answer) {
  return `${head([])}
events { worker_connections 1024; }
http { ${common} server { listen 127.0.0.1:${port}; default_type application/json; location / { ${answer} } } }`;
}

/** A check within nginx that `auth_request` asks. @param {string} answer */
export function toInternalCheck(answer) {
  return `auth_request /check;
    location = /check { internal; auth_request off; ${answer} }`;
}

/**
 * The files of `deploy/nginx`: addresses are replaced, TLS is left out as it is for all.
 * @param {Placed} placed
 * @param {{ readonly overSocket?: boolean }} [options]
 */
export function toShipped({ port, application, authorizer, socket }, { overSocket = false } = {}) {
  const main = replaceText(readDeployed("nginx.conf"), [
    ["worker_processes auto;", head([])],
    ["include gatewarden-http.conf;", `${common} include gatewarden-http.conf;`],
    ["listen 443 ssl http2;", `listen 127.0.0.1:${port};`],
    ["ssl_certificate     cert.pem;", ""],
    ["ssl_certificate_key key.pem;", ""],
    ["ssl_protocols TLSv1.2 TLSv1.3;", ""],
    ["server 127.0.0.1:3000;", `server 127.0.0.1:${application};`],
  ]);
  const address = "server 127.0.0.1:4180;\n";
  return {
    "nginx.conf": main,
    "gatewarden-http.conf": replaceText(readDeployed("gatewarden-http.conf"), [
      [address, `server ${overSocket ? `unix:${socket}` : `127.0.0.1:${authorizer}`};\n`],
    ]),
    "gatewarden-server.conf": readDeployed("gatewarden-server.conf"),
    "gatewarden-upstream.conf": readDeployed("gatewarden-upstream.conf"),
  };
}

/** @param {string} name */
function readDeployed(name) {
  return readFileSync(new URL(`../../../deploy/nginx/${name}`, import.meta.url), "utf8");
}

/** Text that is not there any more fails here, not silently. @param {string} text @param {readonly (readonly [string, string])[]} pairs */
function replaceText(text, pairs) {
  return pairs.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`The configuration has no ${JSON.stringify(from)}`);
    return result.replace(from, () => to);
  }, text);
}
