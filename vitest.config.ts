import { defineConfig } from "vitest/config";

// Without "import" and "default", which Vite adds itself: Vitest hands these on to Node.js, whose `require` must not take the `import` branch.
const conditions = ["@gatewarden/source", "node", "module"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
