// `gatewarden signal`: an event about a person, on all streams of the running tenant.

import { parseFlags, suggestName, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { eventNames } from "../signals/event-types.js";
import { commands, flags } from "./flags.js";
import { type CliIo, toJsonLine } from "./io.js";
import { formatLogOut, logOutAnswer } from "./logout-command.js";
import { callTenant, findTenant } from "./tenant-client.js";

const path = "/dev/signals";
const streamsAnswer = z.array(
  z.looseObject({
    stream: z.string(),
    client: z.string(),
    status: z.string(),
    delivery: z.string(),
    endpoint: z.string().optional(),
    waiting: z.int(),
  }),
);
const signalAnswer = z.looseObject({
  persona: z.string(),
  event: z.string(),
  streams: z.int(),
  logOut: logOutAnswer.optional(),
});

export async function runSignal(args: readonly string[], io: CliIo): Promise<number> {
  const { values, operands } = parseFlags({ flags, commands, command: "signal", args });
  const [event] = operands;
  if (event !== undefined && !(eventNames as readonly string[]).includes(event)) {
    throw new UsageError(`There is no event ${JSON.stringify(event)}${suggestName(event, eventNames)}`);
  }
  const tenant = await findTenant(values.issuer, io.cwd);
  if (event === undefined) {
    const streams = await callTenant({ tenant, method: "GET", path, answer: streamsAnswer });
    io.stdout(values.json ? toJsonLine(streams) : formatStreams(streams));
    return 0;
  }
  if (values.as === undefined)
    throw new UsageError(`Whom is it about? For example: gatewarden signal ${event} --as alice`);
  const body = {
    event,
    as: values.as,
    permissions: values.permission?.filter(Boolean),
    credentialType: values.credential,
    changeType: values.change,
  };
  const report = await callTenant({ tenant, method: "POST", path, body, answer: signalAnswer });
  if (values.json) {
    io.stdout(toJsonLine(report));
    return 0;
  }
  if (values.quiet) {
    // A log-out that an application was not told of is a problem.
    if (report.logOut?.logoutTokens.some(({ delivered }) => !delivered)) io.stdout(formatLogOut(report.logOut));
    return 0;
  }
  if (report.logOut !== undefined) io.stdout(formatLogOut(report.logOut));
  io.stdout(`${report.event} about ${report.persona} is on ${report.streams} streams.\n`);
  return 0;
}

function formatStreams(streams: z.infer<typeof streamsAnswer>): string {
  const lines = streams.map(({ stream, client, status, delivery, endpoint, waiting }) => {
    const target = endpoint === undefined ? delivery : `${delivery} to ${endpoint}`;
    return `  ${stream}  ${client}, ${status}, ${target}, ${waiting} waiting\n`;
  });
  const list = lines.length === 0 ? ["No receiver has a stream.\n"] : ["Streams:\n", ...lines];
  return [`Events: ${eventNames.join(" ")}\n`, ...list].join("");
}
