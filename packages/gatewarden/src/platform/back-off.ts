// How long not to contact a failing server.

/**
 * Doubles with each failure up to `longest` seconds, with jitter so that a fleet does not retry in
 * step.
 */
export function backOffSeconds(failures: number, longest = 60): number {
  return Math.min(longest, 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}
