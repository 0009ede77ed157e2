// `gatewarden watch`: what happens at the running tenant and at connected APIs, line by line.
import type { IncomingMessage } from "node:http";
import { paint, parseFlags, type Screen, suggestName, toPrintable } from "gatewarden/terminal";
import { z } from "zod";
import { TenantError } from "../errors.js";
import { loadEventData } from "./event-data.js";
import { flags, toCommand } from "./flags.js";
import type { CliIo } from "./io.js";
import { openAt, patience } from "./send-to.js";
import { callTenant, type FoundTenant, findTenant, loadAuthority, toNoTenant, toStranger } from "./tenant-client.js";
import { fitsFilter, type WatchedEvent, type WatchFilter } from "./watch-filter.js";
import { formatEvent } from "./watch-format.js";

const path = "/dev/feed";
const mediaType = "text/event-stream";
const eventSchema = z.record(z.string(), z.unknown());
const ids = z.array(z.object({ id: z.string() }));
const peopleAnswer = z.object({ personas: ids, clients: ids });

export async function runWatch(args: readonly string[], io: CliIo, screen: Screen): Promise<number> {
  const command = toCommand("watch");
  const { values } = parseFlags({ flags, commands: [command], command: "watch", args });
  const tenant = await findTenant(values.issuer, io.cwd);
  const stop = new AbortController();
  for (const end of [io.untilStopped(), io.untilUnread?.()]) void end?.then(() => stop.abort());
  try {
    const feed = await openFeed(tenant, stop.signal);
    if (!values.quiet) await warnOfStrangers(tenant, values.as, screen);
    for await (const data of loadEventData(feed)) {
      const event = parseEvent(data, tenant);
      if (!fitsFilter(event, values)) continue;
      screen.out(...(values.json ? [`${JSON.stringify(event)}\n`] : formatEvent(event, screen)));
    }
  } catch (error) {
    if (!stop.signal.aborted && error instanceof TenantError) throw error;
  }
  if (stop.signal.aborted) return 0;
  throw new TenantError("no_tenant", `${tenant.issuer} has ended the connection. Is the tenant still running?`);
}

async function openFeed(tenant: FoundTenant, stop: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(path, tenant.issuer);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  const signal = AbortSignal.any([stop, late.signal]);
  const options = { method: "GET", ca: await loadAuthority(tenant), accept: mediaType, signal };
  const feed = await openAt(url, options)
    .catch((cause: unknown) => {
      throw toNoTenant(tenant, cause);
    })
    .finally(() => clearTimeout(timer));
  const { headers, statusCode } = feed;
  if (statusCode === 200 && headers["content-type"]?.startsWith(mediaType)) return feed;
  feed.destroy();
  if (statusCode === 503) throw new TenantError("invalid_request", "Too many others watch this tenant.");
  throw toStranger(tenant, `Its ${path} answered with status ${statusCode}, and without events.`);
}

function parseEvent(text: string, tenant: FoundTenant): WatchedEvent {
  try {
    return eventSchema.parse(JSON.parse(text));
  } catch {
    throw toStranger(tenant, `Its ${path} sent what is not an event.`);
  }
}

/** They may still be created, so this is not an error. */
async function warnOfStrangers(tenant: FoundTenant, as: WatchFilter["as"], screen: Screen): Promise<void> {
  if (as === undefined) return;
  const { clients, personas } = await callTenant({ tenant, method: "GET", path: "/dev", answer: peopleAnswer });
  const known = [...personas, ...clients].map(({ id }) => id);
  for (const name of as.filter((one) => !known.includes(one))) {
    const said = `There is no persona or client ${JSON.stringify(name)} yet${suggestName(name, known)}`;
    screen.aside(paint("note", "note:"), ` ${toPrintable(said)}\n`);
  }
}
