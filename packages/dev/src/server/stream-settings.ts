// Reads what a receiver writes about its stream (SSF 1.0 §8.1.1).
import { z } from "zod";
import { TenantError } from "../errors.js";
import { isLoopbackUrl } from "../loopback.js";
import { pollMethod, pushMethod, type Stream, type StreamSettings } from "../signals/stream.js";

const isHere = (value: string): boolean => isLoopbackUrl(value) && !/[#@]/.test(value);

const push = z.object({
  method: z.literal(pushMethod),
  endpoint_url: z.string().refine(isHere, "must be an address of this machine, such as http://localhost:3000/events"),
  // Visible characters and spaces: it becomes a header (CWE-113).
  authorization_header: z
    .string()
    .regex(/^[\x21-\x7e][\x20-\x7e]{0,2047}$/, "must be the value of a header")
    .optional(),
});
/** The tenant supplies the address; one that the receiver read and sent back is ignored. */
const poll = z.object({ method: z.literal(pollMethod) });

const settings = z.object({
  delivery: z.discriminatedUnion("method", [push, poll]).optional(),
  events_requested: z.array(z.string()).max(100).optional(),
  description: z.string().max(1000).optional(),
});

/** The members that only the transmitter supplies. */
const supplied = ["iss", "aud", "events_supported", "events_delivered"] as const;

/** Reads a new stream. Throws a {@link TenantError} that names what is wrong. */
export function parseSettings(body: Readonly<Record<string, unknown>>): StreamSettings {
  const { delivery, description, events_requested } = parse(settings, body);
  return {
    delivery: delivery?.method === pushMethod ? delivery : undefined,
    description,
    events_requested,
  };
}

/** Keeps what the body does not name (§8.1.1.3). */
export function parseUpdate(body: Readonly<Record<string, unknown>>, { settings: old }: Stream): StreamSettings {
  const update = parseSettings(body);
  return {
    delivery: "delivery" in body ? update.delivery : old.delivery,
    events_requested: "events_requested" in body ? update.events_requested : old.events_requested,
    description: "description" in body ? update.description : old.description,
  };
}

/** Members of the transmitter may be sent back, but unchanged (§8.1.1.3, §8.1.1.4). */
export function refuseChanged(body: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): void {
  const changed = supplied.find((name) => name in body && JSON.stringify(body[name]) !== JSON.stringify(now[name]));
  if (changed !== undefined) throw new TenantError("invalid_request", `${changed} cannot be changed.`);
}

/** Throws a {@link TenantError} that names each wrong member. */
export function parse<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const complaints = result.error.issues.map(({ path, message }) => `${path.join(".") || "the body"}: ${message}`);
  throw new TenantError("invalid_request", `${complaints.join("; ")}.`);
}
