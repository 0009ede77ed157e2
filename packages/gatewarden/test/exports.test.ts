// The public names of every sub-path. A new one shows up here as a visible change.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const manifest: { exports: Record<string, string | Record<string, string>> } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

const subPaths = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === "string" ? [] : [{ path, file: target["@gatewarden/source"] ?? "" }],
);

test.each(subPaths)("$path exports these names", async ({ file }) => {
  const module: Record<string, unknown> = await import(new URL(`../${file}`, import.meta.url).href);
  expect(Object.keys(module).sort()).toMatchSnapshot();
});
