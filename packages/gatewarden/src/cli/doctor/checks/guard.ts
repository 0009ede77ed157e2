// The API's own guard, from `--config`: which issuers and audience it accepts, from its own data.

import { ConfigError } from "../../../errors.js";
import { describeValue } from "../../../explain/describe-value.js";
import { type LoadedGuard, loadGuard } from "../../guard-file.js";
import { toDoctorFinding } from "../catalogue/catalogue.js";
import { type CheckResult, type Context, type DoctorCheck, type DoctorFacts, defineCheck } from "../define-check.js";
import { recordGlobalFetch } from "../recorder.js";
import { within } from "../within.js";

export const guardCheck = (path: string): DoctorCheck =>
  defineCheck({
    title: "guard",
    needs: ["env"],
    run: async (context, { env }): Promise<CheckResult> => {
      loadInto(process.env, env, context.options.envFile);
      try {
        return await describeGuard(path, context);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const problem = `${error.option} ${error.problem}`;
        return { findings: [toDoctorFinding("guard_unusable", { file: path, problem, example: error.example })] };
      }
    },
  });

/**
 * The module reads the process's own environment, so the named file is loaded into it. Existing
 * variables win.
 */
function loadInto(target: NodeJS.ProcessEnv, env: DoctorFacts["env"], file: string | undefined): void {
  if (file === undefined) return;
  for (const [name, value] of Object.entries(env)) if (value !== undefined) target[name] ??= value;
}

async function describeGuard(path: string, context: Context): Promise<CheckResult> {
  const { cwd, options, recorder } = context;
  // A guard may store the global `fetch` when it is created, so the recording one must be set
  // before.
  const guard = await recordGlobalFetch(recorder, () => loadGuard({ path, cwd, timeout: options.timeout }));
  const [issuer, ...others] = guard.issuers;
  if (issuer === undefined) {
    return { findings: [], facts: { guard }, note: `${path}: its issuers are looked up when a token comes` };
  }
  const audience = await within(options.timeout, readAudience(guard, issuer));
  const facts = { guard, issuers: [issuer] as const, issuerOption: path, ...(audience !== undefined && { audience }) };
  const trusted = [issuer, ...others].join(", ");
  return { findings: [], facts, note: `${path} trusts ${trusted}, audience ${audience ?? "unknown"}` };
}

/**
 * The audience that the guard expects, read from its explanation of a token with a wrong one. No
 * key is fetched for that token: its algorithm is for shared secrets.
 */
async function readAudience(guard: LoadedGuard, issuer: string): Promise<string | undefined> {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: issuer, aud: "urn:gatewarden:doctor", exp: 4_000_000_000 };
  try {
    const findings = await guard.explain(`${encode({ alg: "HS256" })}.${encode(claims)}.${"A".repeat(43)}`);
    const [first] = [findings.find(({ code }) => code === "audience_mismatch")?.expected].flat();
    return typeof first === "string" ? describeValue(first) : undefined;
  } catch {
    return undefined;
  }
}
