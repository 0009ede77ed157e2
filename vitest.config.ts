import { defineConfig } from "vitest/config";

// Vitest hands these to Node.js too. `import` is implied; listed, it would give ES modules to CommonJS code that calls require().
const conditions = ["@gatewarden/source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
