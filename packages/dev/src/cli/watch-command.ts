// `gatewarden watch`: what happens at the running tenant and at connected APIs, line by line.
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { parseFlags } from "gatewarden/terminal";
import { TenantError } from "../errors.js";
import { flags, toCommand } from "./flags.js";
import type { CliIo } from "./io.js";
import { openAt } from "./send-to.js";
import { findTenant, toNoTenant } from "./tenant-client.js";

export async function runWatch(args: readonly string[], io: CliIo): Promise<number> {
  const command = toCommand("watch");
  const { values } = parseFlags({ flags, commands: [command], command: "watch", args });
  const tenant = await findTenant(values.issuer, io.cwd);
  const url = new URL("/dev/feed", tenant.issuer);
  const ca = tenant.ca === undefined ? undefined : await readFile(tenant.ca, "utf8").catch(() => undefined);
  const gone = new AbortController();
  void io.untilStopped().then(() => gone.abort());
  const options = { method: "GET", ca, accept: "text/event-stream", signal: gone.signal };
  const feed = await openAt(url, options).catch((cause: unknown) => {
    throw toNoTenant(url, cause);
  });
  if (feed.statusCode !== 200) {
    feed.destroy();
    throw new TenantError("no_tenant", `${url.href} answered with status ${feed.statusCode}.`);
  }
  try {
    for await (const line of createInterface(feed)) {
      if (line.startsWith("data:")) io.stdout(`${values.json ? line.slice(5).trim() : format(line.slice(5))}\n`);
    }
  } catch (error) {
    if (!gone.signal.aborted) throw new TenantError("no_tenant", "The tenant has stopped.", { cause: error });
  }
  return 0;
}

/** The time, the kind, and the members as they come. */
function format(text: string): string {
  const { id: _id, at, kind, ...members } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const time = typeof at === "string" ? at.slice(11, 19) : "";
  const pairs = Object.entries(members).map(([name, value]) => {
    return `${name}=${typeof value === "string" && !value.includes(" ") ? value : JSON.stringify(value)}`;
  });
  return [time, String(kind).padEnd(8), ...pairs].join(" ");
}
