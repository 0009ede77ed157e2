// Subject identifiers (RFC 9493): whom an event is about.
import type { Persona } from "../config/model.js";

export type Subject = Readonly<Record<string, unknown>> & { readonly format: string };

/** How events name a persona: by issuer and subject (RFC 9493 §3.2.4). */
export function toSubject(issuer: string, { subject }: Persona): Subject {
  return { format: "iss_sub", iss: issuer, sub: subject };
}

/** All identifiers by which a receiver may add or remove a persona. */
export function toSubjects(issuer: string, persona: Persona): readonly Subject[] {
  const own = toSubject(issuer, persona);
  return persona.email === undefined ? [own] : [own, { format: "email", email: persona.email }];
}

/** Two simple subjects match if they are identical (SSF 1.0 §8.1.3.1), in whatever order. */
export function toSubjectKey(subject: Subject): string {
  return JSON.stringify(sort(subject));
}

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, member]) => [name, sort(member)]);
}
