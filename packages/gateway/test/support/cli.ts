// The command in this process, on files of a folder of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { main } from "../../src/cli.js";

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs the command; `{name}` in an argument is the path of that file. */
export async function runCli(args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const written = { out: [] as string[], error: [] as string[] };
  const given = args.map((arg) => arg.replace(/^\{(.+)\}$/, (_, name: string) => join(folder, name)));
  const code = await main(["gateway", ...given], {
    out: (text) => void written.out.push(text),
    error: (text) => void written.error.push(text),
    env: {},
    untilStopped: () => Promise.resolve(),
    onReload: () => {},
  });
  const toText = (parts: readonly string[]) => parts.join("").replaceAll(`${folder}/`, "");
  return { code, out: toText(written.out), error: toText(written.error) };
}
