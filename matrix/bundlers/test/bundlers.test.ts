// The packed library in the bundlers that people deploy with: each builds a function, which runs where the library is not installed.
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createProject, locate, type Project } from "../../consumers/test/support/project.js";

const here = locate("matrix/bundlers");
const works = (explained: string) => [
  "200 user|1 ",
  "403 permission_missing Bearer",
  "401 audience_mismatch Bearer",
  "401 credentials_missing Bearer",
  `${explained} `,
];

const bundlers = ["esbuild", "webpack", "rollup", "rolldown", "tsup"];
const formats = ["cjs", "esm"];
/** esbuild splits ES modules alone, and so does tsup, which is made of it. */
const cannotSplit = (bundler: string, format: string) => format === "cjs" && ["esbuild", "tsup"].includes(bundler);
const cases = bundlers.flatMap((bundler) =>
  formats.flatMap((format) => [
    { bundler, format, shape: "single", lean: "" },
    { bundler, format, shape: "single", lean: "lean" },
    ...(cannotSplit(bundler, format) ? [] : [{ bundler, format, shape: "chunks", lean: "" }]),
  ]),
);

describe.skipIf(here.isLeftOut)(here.titleOf("bundled by"), () => {
  let project: Project;
  let out: string;
  const sizes: string[] = [];
  beforeAll(async () => {
    project = await createProject("function", { from: here, packages: here.allPackages() });
    out = join(project.folder, "out");
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));
  afterAll(() => {
    console.log(sizes.join("\n"));
    project.remove();
  });

  test.each(cases)(
    "$bundler, $format, $shape $lean: it runs, and answers as it should",
    async ({ bundler, format, shape, lean }) => {
      const built = await project.run("bundle.mjs", bundler, format, shape, lean);
      expect([built.output, built.code]).toEqual([expect.any(String), 0]);
      const files = readdirSync(out).filter((file) => /\.[cm]js$/.test(file));
      if (shape === "single") expect(files).toHaveLength(1);
      else expect(files.length).toBeGreaterThan(1);
      const entry = join(out, `index.${format === "cjs" ? "cjs" : "mjs"}`);
      const bytes = files.map((file) => gzipSync(readFileSync(join(out, file))).length);
      const size = bytes.reduce((sum, one) => sum + one, 0);
      sizes.push(`${`${bundler} ${format} ${shape} ${lean}`.padEnd(28)} ${(size / 1024).toFixed(1)} KiB gzip`);
      const installed = join(project.folder, "node_modules/gatewarden");
      renameSync(installed, `${installed}-away`);
      try {
        const { output, code } = await project.run("run.cjs", entry);
        const explained = lean ? "guard.explain" : "audience_mismatch";
        expect([output.split("\n").slice(0, -1), code]).toEqual([works(explained), 0]);
      } finally {
        renameSync(`${installed}-away`, installed);
      }
    },
  );
});
