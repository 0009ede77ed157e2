// A few seconds of the soak (`npm run soak`): every answer right, nothing left behind. Memory over time is the long run's business.
import { expect, test } from "vitest";
import { soak } from "../../scripts/soak/run.mjs";

test("thirty per cent of hostile requests change no answer and leave nothing behind", async () => {
  const { tallies, samples, last, keyRequests, exitCode } = await soak({ seconds: 4, samples: 4 });
  expect(tallies.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
  expect(tallies.filter(({ count }) => count === 0)).toEqual([]);
  expect([last.faults, last.connections, exitCode]).toEqual([[], 0, 0]);
  // Four for unknown key ids at once, one more every ten seconds, one at the start.
  expect(keyRequests).toBeLessThanOrEqual(6);
  expect(last.timers).toBeLessThanOrEqual(samples[0]?.timers ?? 0);
});
