// Runs the Worker with the machine's own workerd, as wrangler does. The variables of the environment become the Worker's.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

const address = `${process.env["HOST"] || "127.0.0.1"}:${process.env["PORT"] || 3000}`;
const names = ["AUTH0_DOMAIN", "AUTH0_AUDIENCE", "ISSUER_BASE_URL", "AUDIENCE"];
const bindings = names.map((name) => `(name = "${name}", text = ${JSON.stringify(process.env[name] ?? "")})`);

writeFileSync(
  "dist/config.capnp",
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "internet", network = .network)],
  sockets = [(name = "http", address = "${address}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  bindings = [${bindings.join(", ")}],
);
const network :Workerd.Network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true));
`,
);
const stdio = ["inherit", "inherit", "inherit", "pipe"] as const;
const workerd = spawn("workerd", ["serve", "dist/config.capnp", "--control-fd=3"], { stdio: [...stdio] });
// It says there when it listens.
workerd.stdio[3]?.once("data", () => console.log(`The Worker at http://${address}`));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => workerd.kill(signal));
