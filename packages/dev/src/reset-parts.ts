// What a reset returns to the state in which the tenant started.

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
