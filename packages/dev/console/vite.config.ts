// Builds the console into `dist/console`, from where the tenant serves it below `/console`.
import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/console/",
  // The texts of the reasons come from the library's sources: it is built after this package.
  resolve: { conditions: ["@gatewarden/source", ...defaultClientConditions] },
  plugins: [preact({ reactAliasesEnabled: false, devToolsEnabled: false })],
  build: {
    outDir: "../dist/console",
    emptyOutDir: true,
    // The content security policy allows no `data:` address.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
  },
});
