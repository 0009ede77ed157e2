// MCP: what becomes of the transport's answer on its way to the client. Loaded with the first
// admitted request.
import { isMet } from "../index.js";
import { findClock } from "../platform/guard-clock.js";
import type { McpAdmitted, McpCheck } from "./_mcp-check.js";
import { type BodyFilter, createBodyFilter } from "./_mcp-lists.js";
import type { Kind } from "./_mcp-messages.js";
import { sessionHeader } from "./_mcp-sessions.js";
import { toOpeningOf } from "./_opening.js";
import { LiveSession } from "./_session.js";

/** Status and headers of an answer that begins. */
export interface AnswerHead {
  readonly status: number;
  readonly readHeader: (name: string) => string | undefined;
}

/** What is done with the body of an answer. Undefined members: nothing. */
export interface AnswerPlan {
  /** Hides entries of lists. */
  readonly filter: BodyFilter | undefined;
  /** A stream ends with its token. Starts the clock; `onEnd` is called once. */
  readonly watch: ((onEnd: () => void) => AnswerWatch) | undefined;
}

/** A stream's session. */
export type AnswerWatch = Pick<LiveSession<unknown>, "isOpen" | "close">;

/** Decides about an answer by its head, and notes the session that it opens or ends. */
export function planAnswer(check: McpCheck, admitted: McpAdmitted, head: AnswerHead): AnswerPlan {
  const { guard, sessions, needs } = check;
  const { auth, guardRequest, requirement, lists, session } = admitted;
  const isFailure = head.status >= 400;
  const id = head.readHeader(sessionHeader);
  if (id !== undefined && !isFailure) sessions.keep(id, auth);
  if (session !== undefined && !isFailure && guardRequest.method === "DELETE") sessions.end(session);
  const isStream = /^\s*text\/event-stream\b/i.test(head.readHeader("content-type") ?? "");
  const moment = { now: findClock(guard) ?? (() => Date.now() / 1000), clockTolerance: 0 };
  const isVisible = (kind: Kind, name: string): boolean => {
    if (!needs.isListed(kind)) return true;
    const need = needs.find({ kind, name });
    return need !== undefined && (need.requirement === undefined || isMet(need.requirement, auth, moment));
  };
  const begin = (onEnd: () => void): AnswerWatch => {
    const opening = toOpeningOf(guardRequest);
    const live = new LiveSession({ guard, requirement, auth, opening, limits: {}, onEnd });
    live.start();
    return live;
  };
  // Compressed within the application, it cannot be read here.
  const isPlain = /^(identity)?$/.test(head.readHeader("content-encoding") ?? "");
  const filter = () => createBodyFilter({ isStream: isStream && isPlain, isFailure, isVisible });
  return {
    filter: lists && needs.isListed() ? filter() : undefined,
    watch: isStream ? begin : undefined,
  };
}
