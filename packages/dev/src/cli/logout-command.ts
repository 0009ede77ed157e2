// `gatewarden logout`: logs a person out of the running tenant and of all that hangs on it.

import { parseFlags } from "gatewarden/terminal";
import { z } from "zod";
import type { LogOutReport } from "../people/log-out.js";
import { commands, flags } from "./flags.js";
import { type CliIo, toJsonLine } from "./io.js";
import { callTenant, findTenant } from "./tenant-client.js";

const loginsAnswer = z.array(z.looseObject({ persona: z.string(), sessions: z.int(), clients: z.array(z.string()) }));

/** What the tenant answers to a log-out. */
export const logOutAnswer: z.ZodType<LogOutReport> = z.looseObject({
  persona: z.string(),
  wasLoggedIn: z.boolean(),
  sessions: z.int(),
  grants: z.int(),
  logoutTokens: z.array(
    z.looseObject({ client: z.string(), uri: z.string(), delivered: z.boolean(), status: z.int().nullable() }),
  ),
  streams: z.int(),
});

export async function runLogout(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseFlags({ flags, commands, command: "logout", args });
  const tenant = await findTenant(values.issuer, io.cwd);
  if (values.as === undefined) {
    const logins = await callTenant({ tenant, method: "GET", path: "/dev/logins", answer: loginsAnswer });
    io.stdout(values.json ? toJsonLine(logins) : formatLogins(logins));
    return 0;
  }
  const body = { as: values.as };
  const report = await callTenant({ tenant, method: "POST", path: "/dev/logout", body, answer: logOutAnswer });
  // What was not told still lets the person in.
  const isTold = report.logoutTokens.every(({ delivered }) => delivered);
  if (values.json) io.stdout(toJsonLine(report));
  else if (!(values.quiet && isTold)) io.stdout(formatLogOut(report));
  return isTold ? 0 : 1;
}

function formatLogins(logins: z.infer<typeof loginsAnswer>): string {
  if (logins.length === 0) return "No persona is logged in.\n";
  const lines = logins.map(({ persona, clients, sessions }) => {
    const where = sessions === 0 ? "tokens without a login" : `${sessions} ${sessions === 1 ? "browser" : "browsers"}`;
    return `  ${persona}  ${where}, ${clients.join(" ")}\n`;
  });
  return `Logged in:\n${lines.join("")}Log out: npx gatewarden logout --as ${logins[0]?.persona}\n`;
}

/** What ended, and who was told. */
export function formatLogOut({ persona, wasLoggedIn, logoutTokens, sessions, grants, streams }: LogOutReport): string {
  if (!wasLoggedIn) return `${persona} is not logged in: there was nothing to end.\n`;
  const told = logoutTokens.map(({ client, uri, delivered, status }) => {
    const outcome = status === null ? "no answer" : `status ${status}`;
    return `  ${delivered ? "told" : "NOT told"}: ${client} at ${uri} (${outcome})\n`;
  });
  const none = "  no application was told: none has a backchannelLogoutUri that fits\n";
  return [
    `${persona} is logged out: ${sessions} sessions and ${grants} grants ended.\n`,
    ...(told.length === 0 ? [none] : told),
    `  session-revoked is on ${streams} streams\n`,
  ].join("");
}
