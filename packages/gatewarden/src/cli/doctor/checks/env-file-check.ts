// The file of variables: whether it was loaded, and surprising content.
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type CheckResult, type Context, type DoctorCheck, defineCheck } from "../define-check.js";
import { readErrorCode } from "../network-error.js";
import { termNames, variables } from "./variables.js";

type Variables = Readonly<Record<string, string | undefined>>;

/** The only names in a file that are looked at. */
const names: readonly string[] = [...variables.map(({ name }) => name), ...termNames];

const usualFiles = [".env", ".env.local"];

export const envFileCheck: DoctorCheck = defineCheck({
  title: "variable files",
  needs: [],
  run: (context) => {
    const { envFile: file, config } = context.options;
    if (file !== undefined) return loadFile(context, file);
    // A module may load its own file.
    return config === undefined ? findForgotten(context) : { findings: [], facts: { env: context.env } };
  },
});

/** Loads the file like Node.js: existing variables win. */
async function loadFile(context: Context, file: string): Promise<CheckResult> {
  let text: string;
  try {
    text = await context.readFile(resolve(context.cwd, file));
  } catch (error) {
    const problem = readErrorCode(error) ?? "unknown problem";
    return { findings: [toDoctorFinding("env_file_unreadable", { file, problem, cwd: context.cwd })] };
  }
  const loaded: Variables = parseEnv(text);
  return {
    findings: [...inspectText(context, file, text), ...findOverruled(context.env, loaded, file)],
    facts: { env: { ...loaded, ...context.env } },
    note: `${file} loaded`,
  };
}

function inspectText({ env }: Context, file: string, text: string): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const loaded: Variables = parseEnv(text);
  const marked = Object.keys(loaded).find((name) => name.startsWith("\uFEFF"));
  if (marked !== undefined) findings.push(toDoctorFinding("env_file_byte_order_mark", { file, name: marked.slice(1) }));
  if (text.includes("\r\n")) findings.push(toDoctorFinding("env_file_line_ends", { file }));
  if (loaded["NODE_EXTRA_CA_CERTS"] !== undefined && env["NODE_EXTRA_CA_CERTS"] === undefined)
    findings.push(toDoctorFinding("extra_ca_too_late", { file }));
  return findings;
}

function findOverruled(env: Variables, loaded: Variables, file: string): readonly DoctorFinding[] {
  return names.flatMap((name) => {
    const [actual, other] = [env[name], loaded[name]];
    if (actual === undefined || other === undefined || actual === other) return [];
    return [toDoctorFinding("env_file_overruled", { name, actual, other, file })];
  });
}

/** Files in the directory with variables that the environment lacks. */
async function findForgotten({ env, cwd, readFile }: Context): Promise<CheckResult> {
  const findings: DoctorFinding[] = [];
  for (const file of usualFiles) {
    const text = await readFile(resolve(cwd, file)).catch(() => "");
    const lacking = names.filter((name) => Object.hasOwn(parseEnv(text), name) && env[name] === undefined);
    if (lacking.length > 0) findings.push(toDoctorFinding("env_file_not_loaded", { file, names: lacking.join(", ") }));
  }
  return { findings, facts: { env } };
}
