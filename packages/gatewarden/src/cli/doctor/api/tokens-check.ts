// The API with bad tokens: 401 and invalid_token for each, and 400 for two Authorization headers
// (RFC 6750 §3.1).
import { isObject, member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type CheckResult, type Context, type DoctorCheck, type DoctorFacts, defineCheck } from "../define-check.js";
import { describeNetworkError } from "../network-error.js";
import type { Answer } from "./answer.js";
import { type BadToken, createBadTokens } from "./bad-tokens.js";
import { chooseScheme, readChallenges } from "./challenges.js";
import { probe, toShown } from "./probe.js";

export const tokensCheck = (target: URL): DoctorCheck =>
  defineCheck({
    title: "API: bad tokens",
    needs: ["refusal"],
    run: async (context, facts): Promise<CheckResult> => {
      const tokens = createBadTokens({
        issuer: facts.issuers?.[0],
        audience: facts.audience,
        kid: readKid(facts),
        now: Math.floor(context.now()),
      });
      const findings: DoctorFinding[] = [];
      const scheme = chooseScheme(facts.refusal.header("www-authenticate"));
      for (const token of tokens) findings.push(...(await tryToken(target, token, { context, scheme })));
      return { findings, note: `${tokens.length} tried` };
    },
  });

export const twoHeadersCheck = (target: URL): DoctorCheck =>
  defineCheck({
    title: "API: two Authorization headers",
    needs: ["refusal"],
    run: async ({ options }) => {
      const url = toShown(target);
      const headers = { authorization: ["Bearer gatewarden.doctor.one", "Bearer gatewarden.doctor.two"] };
      const answer = await probe(target, { headers, timeout: options.timeout });
      if (answer.status === 400 || answer.status === 431) return { findings: [] };
      return { findings: [toDoctorFinding("api_two_headers", { url, status: answer.status })] };
    },
  });

interface Trial {
  readonly context: Context;
  readonly scheme: "Bearer" | "DPoP";
}

/** Without a proof, a DPoP token may be refused for that reason (RFC 9449 §7.1). */
const fitting = { Bearer: ["invalid_token"], DPoP: ["invalid_token", "invalid_dpop_proof", "use_dpop_nonce"] };

async function tryToken(
  target: URL,
  { what, token }: BadToken,
  { context, scheme }: Trial,
): Promise<readonly DoctorFinding[]> {
  const url = toShown(target);
  let answer: Answer;
  try {
    answer = await probe(target, {
      headers: { authorization: `${scheme} ${token}` },
      timeout: context.options.timeout,
    });
  } catch (error) {
    return [toDoctorFinding("api_no_answer", { url, problem: `with ${what}, ${describeNetworkError(error)}` })];
  }
  const { status } = answer;
  if (status < 400) return [toDoctorFinding("api_accepts_forged", { url, status, token: what })];
  if (status === 503) return [toDoctorFinding("api_unavailable", { url })];
  if (status >= 500) return [toDoctorFinding("api_token_crashes", { url, status, token: what })];
  if (status !== 401) return [toDoctorFinding("api_token_status", { url, status, token: what })];
  const errors = readErrors(answer);
  if (errors.some((error) => fitting[scheme].includes(error))) return [];
  const actual = errors.length === 0 ? "no error" : `error="${errors.join(", ")}"`;
  return [toDoctorFinding("api_token_error", { url, token: what, actual })];
}

/** The error codes of the answer's challenges. */
export function readErrors({ header }: Answer): readonly string[] {
  const challenges = readChallenges(header("www-authenticate")) ?? [];
  return challenges.flatMap(({ parameters }) => parameters.get("error") ?? []);
}

function readKid({ keys }: Partial<DoctorFacts>): string | undefined {
  const [first] = keys ?? [];
  const kid = isObject(first) ? member(first, "kid") : undefined;
  return typeof kid === "string" ? kid : undefined;
}
