// Runs the text of a TypeScript module with other modules in place of those that it imports.
import { transform } from "esbuild";

export type Module = Readonly<Record<string, unknown>>;

/** What the module exports. */
export async function evaluateModule(source: string, modules: Readonly<Record<string, object>>): Promise<Module> {
  const { code } = await transform(source, { loader: "ts", format: "cjs" });
  const module: { exports: Module } = { exports: {} };
  const load = (name: string) => {
    const found = Object.hasOwn(modules, name) ? modules[name] : undefined;
    if (found === undefined) throw new Error(`It imports ${name}`);
    return found;
  };
  new Function("module", "exports", "require", code)(module, module.exports, load);
  return module.exports;
}
