// How much memory a check asks for, measured where nothing is collected meanwhile: in a process with a large nursery.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("_allocations.mjs", import.meta.url));

/** Bytes per check: of a token that came before, of a new one. */
function measure(): { known: number; fresh: number } {
  const flags = ["--expose-gc", "--max-semi-space-size=128", "--min-semi-space-size=128"];
  return JSON.parse(execFileSync(process.execPath, [...flags, program], { encoding: "utf8" }));
}

test("a check takes little memory, and hardly any for a token that came before", () => {
  const { known, fresh } = measure();
  console.log(`bytes per check: ${known} known, ${fresh} new`);
  // Claims of 500 characters take about two kilobytes as objects; the rest is what the check itself asks for.
  expect(known).toBeLessThan(400);
  expect(fresh).toBeLessThan(5000);
});
