// What a reset returns to the state in which the tenant started.
import { z } from "zod";
import { toComplaint } from "./config/complaint.js";
import { TenantError } from "./errors.js";

/**
 * - `people`: personas, applications and APIs, back to the configuration; no account is disabled, and
 *   applications that registered themselves are gone
 * - `faults`: all off
 * - `keys`: those that the tenant started with, and their algorithms
 * - `sessions`: all logins, grants, codes and refresh tokens, and the streams of signals
 */
export const resetParts = ["people", "faults", "keys", "sessions"] as const;

/** A part of the tenant that can be reset by itself. */
export type ResetPart = (typeof resetParts)[number];

const schema = z.strictObject({ parts: z.array(z.enum(resetParts)).min(1, "must name a part").optional() });

/** Reads which parts; all by default. Throws a {@link TenantError}. */
export function parseReset(input: unknown): readonly ResetPart[] {
  const result = schema.safeParse(input);
  if (result.success) return result.data.parts ?? resetParts;
  const wording = { whole: "the reset", examples: { parts: '["keys", "sessions"]' } };
  const complaints = result.error.issues.map((issue) => toComplaint(issue, input, wording));
  throw new TenantError("invalid_request", complaints.join(" "));
}
