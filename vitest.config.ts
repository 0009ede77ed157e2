import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { FailureList } from "./scripts/lib/failure-list.mjs";

// As Node.js itself resolves packages, to which Vitest hands the conditions on: with "import" among them its `require` took the wrong branch,
// and what only bundlers know ("module", or that `index` may mean `index.mjs`) loads a second copy of a package.
const conditions = ["@gatewarden/source", "node"];
const alias = [{ find: /^graphql$/, replacement: "graphql/index.js" }];

export default defineConfig({
  resolve: { conditions, alias },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "examples/test/**/*.test.ts",
      "matrix/*/test/**/*.test.ts",
    ],
    // The last lines say what failed. Naming reporters replaces those that Vitest would choose.
    reporters: ["default", ...(process.env["GITHUB_ACTIONS"] ? ["github-actions"] : []), new FailureList()],
    // Vitest keeps a core for itself, and so uses half of a machine that has two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Limits for hangs, not for speed: a busy machine of two cores must not reach them.
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
