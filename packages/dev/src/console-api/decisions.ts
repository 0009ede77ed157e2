// The decisions of connected APIs, as `connectConsole` sends them.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import { TenantError } from "../errors.js";
import type { Feed } from "./feed.js";
import type { IssuedTokens } from "./issued-tokens.js";
import { outcomes } from "./outcomes.js";

const word = z.string().max(200);
const decision = z.strictObject({
  outcome: z.enum(outcomes),
  reason: word.optional(),
  status: z.int().optional(),
  fingerprint: word.optional(),
  milliseconds: z.number().optional(),
  need: z.string().max(500).optional(),
});
const schema = z.strictObject({ api: word, decisions: z.array(decision).max(200), dropped: z.int().optional() });

interface Advice {
  readonly cause: string;
  readonly fix: string;
}

/** Publishes the decisions, each with the persona whose token it was, and with cause and fix. */
export async function takeDecisions(input: unknown, feed: Feed, issued: IssuedTokens): Promise<void> {
  const result = schema.safeParse(input);
  if (!result.success) {
    const complaints = result.error.issues.map((issue) => toComplaint(issue, input, { whole: "the decisions" }));
    throw new TenantError("invalid_request", complaints.join(" "));
  }
  const { api, decisions, dropped } = result.data;
  const advice = await loadAdvice();
  for (const { fingerprint, reason, ...one } of decisions) {
    const holder = issued.findHolder(fingerprint);
    const why = reason === undefined || !Object.hasOwn(advice, reason) ? undefined : advice[reason];
    feed.publish("decision", {
      ...one,
      api,
      ...(reason !== undefined && { reason }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(holder !== undefined && { holder }),
      ...(why && { cause: why.cause, fix: why.fix }),
      ...(dropped !== undefined && dropped > 0 && { dropped }),
    });
  }
}

/** The library's own texts. Without the library, decisions come without them. */
async function loadAdvice(): Promise<Readonly<Record<string, Advice>>> {
  const name: string = "gatewarden/advice";
  const loaded = (await import(name).catch(() => ({}))) as { readonly advice?: Readonly<Record<string, Advice>> };
  return loaded.advice ?? {};
}
