// With `explain: "development"`: cause and fix in the answer, and in a log line that needs nothing of the framework.
import { expect, test, vi } from "vitest";
import { type LogFields, toLogFields } from "../../../src/monitoring/log-fields.js";
import type { Bench } from "../_bench.js";

export function askDevelopment({ start, bearer, tenant }: Bench): void {
  const audience = "https://another.api";

  test("in development a refusal says cause and fix, in the answer and in a log line", async () => {
    const lines: LogFields[] = [];
    const get = await start({
      audience,
      explain: "development",
      onDecision: (decision) => lines.push(toLogFields(decision)),
    });
    const headers = await bearer();
    const explanation = {
      cause: expect.stringMatching(/./),
      fix: expect.stringContaining(audience),
      expected: [audience],
      actual: expect.arrayContaining([tenant().audience]),
    };
    // The texts are loaded beside the first requests, which do not wait for them.
    await vi.waitFor(async () => {
      expect((await get("/private", { headers })).json).toMatchObject({ fix: expect.any(String) });
    }, 10_000);
    lines.length = 0;
    const { status, json, challenge } = await get("/private", { headers });
    expect([status, json]).toEqual([401, expect.objectContaining(explanation)]);
    expect(lines).toEqual([expect.objectContaining({ reason: "audience_mismatch", explanation })]);
    const [, , signature = ""] = headers.authorization.split(".");
    expect(JSON.stringify([json, lines])).not.toContain(signature);
    expect(challenge).not.toContain(audience);
  });
}
