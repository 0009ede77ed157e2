// The four real proxies, each with the configuration of `deploy/`: only addresses are replaced.
import { readFileSync } from "node:fs";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import { createIdentity, type Identity } from "../../../gatewarden/test/support/certificates.js";
import { startProgram } from "./_process.js";

/** The proxies that tests start. */
export const proxyNames = ["nginx", "caddy", "haproxy", "apache"] as const;
export type RealProxy = (typeof proxyNames)[number];

/** The program of each. */
export const programOf: Readonly<Record<RealProxy, string>> = {
  nginx: "nginx",
  caddy: "caddy",
  haproxy: "haproxy",
  apache: "apache2",
};

/** What stands around a proxy. */
export interface Surroundings {
  /** Port of the gateway. */
  readonly gateway: number;
  /** Port of the backend. */
  readonly application: number;
  /** Changes the files of the configuration, as their user would. */
  readonly change?: (files: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
}

/** A proxy that listens with TLS (HTTP/1.1 and HTTP/2) and without (HTTP/1.1). */
export interface StartedProxy {
  readonly port: number;
  readonly securePort: number;
  /** The certificate to trust. */
  readonly ca: string;
  readonly log: () => string;
  close(): Promise<void>;
}

interface Placed extends Surroundings {
  readonly port: number;
  readonly securePort: number;
  readonly identity: Identity;
}

/** Reads a file of `deploy/`. */
export function readDeployed(path: string): string {
  return readFileSync(new URL(`../../../../deploy/${path}`, import.meta.url), "utf8");
}

/**
 * Replaces text that must be there: a configuration that has moved on fails here, not silently. All
 * at once, so that a new port is never taken for an old one.
 */
export function replaceText(text: string, replacements: readonly (readonly [string, string])[]): string {
  const missing = replacements.find(([from]) => !text.includes(from));
  if (missing) throw new Error(`The configuration has no ${JSON.stringify(missing[0])}`);
  const [first, ...rest] = replacements;
  if (first === undefined) return text;
  return text
    .split(first[0])
    .map((part) =>
      replaceText(
        part,
        rest.filter(([from]) => part.includes(from)),
      ),
    )
    .join(first[1]);
}

/** Starts a proxy in front of an application, with its shipped configuration. */
export async function startProxy(name: RealProxy, surroundings: Surroundings): Promise<StartedProxy> {
  const identity = createIdentity("proxy");
  const port = await pickPort(0, "127.0.0.1");
  const securePort = await pickPort(0, "127.0.0.1");
  const placed = { ...surroundings, port, securePort, identity };
  const { files, toArguments } = recipes[name](placed);
  const { change = (same) => same } = surroundings;
  const running = await startProgram({ name: programOf[name], files: change(files), toArguments, port });
  return { port, securePort, ca: identity.cert, log: running.log, close: running.close };
}

interface Recipe {
  readonly files: Readonly<Record<string, string>>;
  readonly toArguments: (folder: string) => readonly string[];
}

const recipes: Readonly<Record<RealProxy, (placed: Placed) => Recipe>> = {
  nginx: toNginx,
  caddy: toCaddy,
  haproxy: toHaproxy,
  apache: toApache,
};

const gatewayAddress = "127.0.0.1:4180";
const applicationAddress = "127.0.0.1:3000";

/** Started by root, nginx would work as a user who may not write into the test's folder. */
const asUser = process.getuid?.() === 0 ? "user root;\n" : "";

function toNginx({ gateway, application, port, securePort, identity }: Placed): Recipe {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((one) => `${one}_temp_path ${one};`);
  const listen = `listen 127.0.0.1:${securePort} ssl http2;\n        listen 127.0.0.1:${port};`;
  const main = replaceText(readDeployed("nginx/nginx.conf"), [
    ["worker_processes auto;", `daemon off;\n${asUser}pid nginx.pid;\nworker_processes 1;`],
    ["include gatewarden-http.conf;", `access_log off;\n    ${temporary.join(" ")}\n    include gatewarden-http.conf;`],
    ["listen 443 ssl http2;", listen],
    [applicationAddress, `127.0.0.1:${application}`],
  ]);
  return {
    files: {
      "nginx.conf": main,
      "gatewarden-http.conf": replaceText(readDeployed("nginx/gatewarden-http.conf"), [
        [gatewayAddress, `127.0.0.1:${gateway}`],
      ]),
      "gatewarden-server.conf": readDeployed("nginx/gatewarden-server.conf"),
      "gatewarden-upstream.conf": readDeployed("nginx/gatewarden-upstream.conf"),
      "cert.pem": identity.cert,
      "key.pem": identity.key,
    },
    toArguments: (folder) => ["-p", folder, "-c", "nginx.conf", "-e", "stderr"],
  };
}

function toCaddy({ gateway, application, port, securePort, identity }: Placed): Recipe {
  const site = "api.example.com {\n\timport gatewarden 127.0.0.1:3000\n}";
  const toApplication = `import gatewarden 127.0.0.1:${application}`;
  const main = replaceText(readDeployed("caddy/Caddyfile"), [
    ["\tadmin off\n", "\tadmin off\n\tauto_https off\n"],
    [
      site,
      `http://:${port} {\n\tbind 127.0.0.1\n\t${toApplication}\n}\n\nhttps://:${securePort} {\n\tbind 127.0.0.1\n\ttls cert.pem key.pem\n\t${toApplication}\n}`,
    ],
    [gatewayAddress, `127.0.0.1:${gateway}`],
  ]);
  return {
    files: { Caddyfile: main, "cert.pem": identity.cert, "key.pem": identity.key },
    toArguments: () => ["run", "--config", "Caddyfile", "--adapter", "caddyfile"],
  };
}

function toHaproxy({ gateway, application, port, securePort, identity }: Placed): Recipe {
  const bind = "bind :443 ssl crt server.pem alpn h2,http/1.1";
  const main = replaceText(readDeployed("haproxy/haproxy.cfg"), [
    [bind, `bind 127.0.0.1:${securePort} ssl crt server.pem alpn h2,http/1.1\n    bind 127.0.0.1:${port}`],
    [applicationAddress, `127.0.0.1:${application}`],
  ]);
  return {
    files: {
      "haproxy.cfg": main,
      "gatewarden.lua": replaceText(readDeployed("haproxy/gatewarden.lua"), [[gatewayAddress, `127.0.0.1:${gateway}`]]),
      "server.pem": `${identity.cert}${identity.key}`,
    },
    toArguments: () => ["-f", "haproxy.cfg", "-db"],
  };
}

/** Where Debian, Fedora and others keep the modules of Apache. */
const apacheModules = process.env["APACHE_MODULES"] ?? "/usr/lib/apache2/modules";
const apacheModuleNames =
  "mpm_event authn_core authnz_fcgi authz_core headers http2 proxy proxy_http rewrite setenvif ssl socache_shmcb";

function toApache({ gateway, application, port, securePort, identity }: Placed): Recipe {
  const modules = apacheModuleNames.split(" ").map((one) => `LoadModule ${one}_module ${apacheModules}/mod_${one}.so`);
  const shipped = replaceText(readDeployed("apache/httpd.conf"), [
    ["*:443", `127.0.0.1:${securePort}`],
    [applicationAddress, `127.0.0.1:${application}`],
  ]);
  const plain = `<VirtualHost 127.0.0.1:${port}>
    Include gatewarden-host.conf
    ProxyPreserveHost On
    ProxyPass "/" "http://127.0.0.1:${application}/" nocanon upgrade=websocket
</VirtualHost>`;
  const head = `ServerRoot .
ServerName localhost
PidFile apache.pid
DefaultRuntimeDir .
Mutex file:. default
ErrorLog error.log
LogLevel warn
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
KeepAliveTimeout 2
Listen 127.0.0.1:${port}
Listen 127.0.0.1:${securePort}
${modules.join("\n")}`;
  return {
    files: {
      "httpd.conf": `${head}\n${shipped}\n${plain}\n`,
      "gatewarden.conf": replaceText(readDeployed("apache/gatewarden.conf"), [
        ["127.0.0.1:4180", `127.0.0.1:${gateway}`],
      ]),
      "gatewarden-host.conf": readDeployed("apache/gatewarden-host.conf"),
      "cert.pem": identity.cert,
      "key.pem": identity.key,
    },
    toArguments: (folder) => ["-d", folder, "-f", `${folder}/httpd.conf`, "-DFOREGROUND"],
  };
}
