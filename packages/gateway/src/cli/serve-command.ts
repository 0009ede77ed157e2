// `gatewarden gateway`: serves one proxy until the process is asked to stop.
import { parseArgs } from "node:util";
import { startGateway } from "../gateway.js";
import { type ProxyName, proxyKinds } from "../proxy/kinds.js";
import type { CliIo } from "./io.js";

const options = {
  rules: { type: "string" },
  proxy: { type: "string" },
  listen: { type: "string" },
  admin: { type: "string" },
} as const;

/** Resolves to the exit code once the gateway has stopped. */
export async function runServe(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options });
  const { rules, proxy, listen, admin } = values;
  if (proxy !== undefined && !Object.hasOwn(proxyKinds, proxy)) {
    io.error(`There is no proxy kind "${proxy}": there are ${Object.keys(proxyKinds).join(", ")}\n`);
    return 2;
  }
  const gateway = await startGateway({
    rules,
    env: io.env,
    overrides: { proxy: proxy as ProxyName | undefined, listen, admin },
    write: (line) => io.out(`${line}\n`),
  });
  io.onReload(() => void gateway.reload());
  await io.untilStopped();
  await gateway.close();
  return 0;
}
