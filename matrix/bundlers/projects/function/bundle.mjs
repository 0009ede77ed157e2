// Bundles `index.mjs` as the documentation of each bundler says: bundle.mjs <bundler> <cjs|esm> <single|chunks> [lean].
import { join } from "node:path";

const [bundler = "", format = "esm", shape = "single", lean] = process.argv.slice(2);
const folder = join(import.meta.dirname, "out");
const extension = format === "cjs" ? "cjs" : "mjs";
const isSingle = shape === "single";
const conditions = lean ? ["gatewarden-lean"] : [];
const entry = join(import.meta.dirname, "index.mjs");

const bundlers = {
  async esbuild() {
    const { build } = await import("esbuild");
    const outExtension = { ".js": `.${extension}` };
    const common = { bundle: true, minify: true, platform: "node", target: "node20", logLevel: "error" };
    await build({
      ...common,
      entryPoints: [entry],
      outdir: folder,
      outExtension,
      format,
      conditions,
      splitting: !isSingle,
    });
  },
  async rollup() {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const plugins = [nodeResolve({ exportConditions: ["node", ...conditions] })];
    const bundle = await rollup({ input: entry, plugins, onwarn: fail });
    const entryFileNames = `[name].${extension}`;
    const chunkFileNames = `[name]-[hash].${extension}`;
    await bundle.write({ dir: folder, format, entryFileNames, chunkFileNames, inlineDynamicImports: isSingle });
  },
  async rolldown() {
    const { build } = await import("rolldown");
    const output = {
      dir: folder,
      format,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `[name]-[hash].${extension}`,
    };
    const resolve = { conditionNames: ["node", "import", "default", ...conditions] };
    await build({
      input: entry,
      platform: "node",
      resolve,
      output: { ...output, minify: true, codeSplitting: !isSingle },
    });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const isModule = format === "esm";
    const compiler = webpack({
      mode: "production",
      target: "node20",
      entry,
      // Its minifier takes most of the time, and says nothing about the library.
      optimization: { minimize: false },
      resolve: { conditionNames: [...conditions, "..."] },
      experiments: { outputModule: isModule },
      module: { parser: { javascript: { dynamicImportMode: isSingle ? "eager" : "lazy" } } },
      output: {
        path: folder,
        filename: `index.${extension}`,
        chunkFilename: `[id].${extension}`,
        library: { type: isModule ? "module" : "commonjs2" },
      },
    });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    if (stats.hasErrors() || stats.hasWarnings()) fail(stats.toString());
  },
  async tsup() {
    const { build } = await import("tsup");
    await build({
      ...{ config: false, silent: true, minify: true, platform: "node", target: "node20", clean: false, dts: false },
      entry: [entry],
      outDir: folder,
      format,
      splitting: !isSingle,
      noExternal: [/^gatewarden/],
      outExtension: () => ({ js: `.${extension}` }),
      esbuildOptions: (options) => {
        options.conditions = conditions;
      },
    });
  },
};

function fail(problem) {
  throw new Error(`The bundler warns: ${problem.message ?? problem}`);
}

await bundlers[bundler]();
