// Reads what a reset returns to the state in which the tenant started.
import { z } from "zod";
import { toComplaint } from "./config/complaint.js";
import { TenantError } from "./errors.js";
import { type ResetPart, resetParts } from "./reset-parts.js";

const schema = z.strictObject({ parts: z.array(z.enum(resetParts)).min(1, "must name a part").optional() });

/** Reads which parts; all by default. Throws a {@link TenantError}. */
export function parseReset(input: unknown): readonly ResetPart[] {
  const result = schema.safeParse(input);
  if (result.success) return result.data.parts ?? resetParts;
  const wording = { whole: "the reset", examples: { parts: '["keys", "sessions"]' } };
  const complaints = result.error.issues.map((issue) => toComplaint(issue, input, wording));
  throw new TenantError("invalid_request", complaints.join(" "));
}
