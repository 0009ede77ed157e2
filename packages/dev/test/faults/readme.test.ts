// The README's table of faults is the catalogue.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { faultCatalogue } from "../../src/index.js";

test("the README lists every fault as the catalogue has it", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const [, section = ""] = /^## Faults on demand$(.*?)^## /ms.exec(readme) ?? [];
  const rows = [...section.matchAll(/^\| `.*\|$/gm)].map(([row]) => row.split("|").map((cell) => cell.trim()));
  expect(rows).toEqual(
    Object.entries(faultCatalogue).map(([name, { description, parameters, reason }]) => {
      const own = Object.entries(parameters).filter(([parameter]) => parameter !== "times");
      const words = own.map(([parameter, meaning]) => `\`${parameter}\`: ${meaning}`).join(" ");
      return ["", `\`${name}\``, description, words, reason === null ? "–" : `\`${reason}\``, ""];
    }),
  );
});

test("what takes `times` is what the README says: all but keys and port", () => {
  const without = Object.entries(faultCatalogue).filter(([, { parameters }]) => parameters.times === undefined);
  expect(without.map(([name]) => name)).toEqual(["rotated-keys", "same-kid-new-key", "port-closed"]);
});
