// `/dev/logins`, `/dev/logout` and `/dev/signals`: who is logged in, and what happens to them.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import { TenantError } from "../errors.js";
import { parseJson } from "../json.js";
import type { LogOutReport } from "../people/log-out.js";
import type { Login } from "../people/logins.js";
import { parseSignalRequest, type SignalReport, type SignalRequest } from "../people/send-signal.js";
import type { Stream } from "../signals/stream.js";
import { loadBody } from "./body.js";
import type { Exchange } from "./pipeline.js";
import { sendJson } from "./respond.js";

/** What the endpoints need to know of people. */
export interface PeopleActions {
  readonly logins: () => readonly Login[];
  readonly logOut: (persona: string) => Promise<LogOutReport>;
  readonly signal: (request: SignalRequest) => Promise<SignalReport>;
  readonly streams: () => readonly Stream[];
}

const whom = z.strictObject({ as: z.string() });

/** Answers requests about people; returns false for any other. Throws a `TenantError`. */
export async function answerPeople({ request, response, url }: Exchange, actions: PeopleActions): Promise<boolean> {
  const route = `${request.method} ${url.pathname}`;
  const load = async (): Promise<unknown> => parseBody(await loadBody(request));
  if (route === "GET /dev/logins") sendJson(response, 200, actions.logins().map(describeLogin));
  else if (route === "POST /dev/logout") sendJson(response, 200, await actions.logOut(parseWhom(await load())));
  else if (route === "GET /dev/signals") sendJson(response, 200, actions.streams().map(describeStream));
  else if (route === "POST /dev/signals") {
    sendJson(response, 200, await actions.signal(parseSignalRequest(await load())));
  } else return false;
  return true;
}

/** Who is logged in, for people and programs. */
export function describeLogin({ persona, sessions, grants, authorizations }: Login): unknown {
  const clients = [...new Set(authorizations.map(({ client }) => client))];
  return { persona: persona.id, subject: persona.subject, sessions, grants, clients };
}

function describeStream({ id, clientId, delivered, queue, settings, status }: Stream): unknown {
  const target = settings.delivery?.endpoint_url;
  return {
    stream: id,
    client: clientId,
    status,
    delivery: target === undefined ? "poll" : "push",
    ...(target !== undefined && { endpoint: target }),
    events: delivered,
    waiting: queue.size,
    dropped: queue.dropped,
  };
}

function parseWhom(input: unknown): string {
  const result = whom.safeParse(input);
  if (result.success) return result.data.as;
  const wording = { whole: "the log-out", examples: { as: '"alice"' } };
  throw new TenantError(
    "invalid_request",
    result.error.issues.map((issue) => toComplaint(issue, input, wording)).join(" "),
  );
}

function parseBody(body: string): unknown {
  try {
    return parseJson(body);
  } catch (cause) {
    throw new TenantError("invalid_request", 'The body must be JSON such as {"as": "alice"}.', { cause });
  }
}
