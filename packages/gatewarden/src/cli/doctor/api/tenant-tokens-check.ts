// The API with tokens of the local tenant: a good one, one after the keys were rotated, and one per
// fault. They are worth nothing elsewhere.
import { setTimeout as delay } from "node:timers/promises";
import { member } from "../../../token/json.js";
import {
  type AskTenant,
  createAsk,
  loadTenant,
  loadTokenFaults,
  mayBeLocal,
  type TokenFault,
} from "../../local-tenant.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type CheckResult, type DoctorCheck, defineCheck } from "../define-check.js";
import type { Answer } from "./answer.js";
import { chooseScheme } from "./challenges.js";
import { probe, toShown } from "./probe.js";
import { readErrors } from "./tokens-check.js";

/** Due only where the issuer is on this machine. */
export const tenantTokensCheck = (target: URL): DoctorCheck => ({
  ...defineCheck({
    title: "API: tokens of the local tenant",
    needs: ["issuers", "refusal"],
    run: async ({ fetch, options }, { issuers, audience, refusal }): Promise<CheckResult> => {
      const tenant = await loadTenant(issuers[0], fetch);
      if (tenant === undefined) return { findings: [], note: "the issuer is not one" };
      const scheme = chooseScheme(refusal.header("www-authenticate"));
      if (scheme === "DPoP") return { findings: [], note: "not tried, since the API takes DPoP-bound tokens only" };
      if (tenant.faults.length > 0) return { findings: [], note: "not tried while faults are on" };
      const ask = createAsk(tenant, fetch);
      const wanted = audience !== undefined && tenant.audiences.includes(audience) ? { audience } : {};
      const send = (token: string) =>
        probe(target, { headers: { authorization: `Bearer ${token}` }, timeout: options.timeout });
      return tryAll({ ask, wanted, send, url: toShown(target) });
    },
  }),
  isDue: ({ issuers }) => issuers !== undefined && mayBeLocal(issuers[0]),
});

interface Trial {
  readonly ask: AskTenant;
  /** What every token is asked for with. */
  readonly wanted: object;
  readonly send: (token: string) => Promise<Answer>;
  readonly url: string;
}

interface Tried {
  readonly row: string;
  readonly finding: DoctorFinding | undefined;
  /** A refusal of a token for which the challenge names no error. */
  readonly isMute: boolean;
}

/** The good ones first: made-up keys may use up what an API allows for fetching keys again. */
async function tryAll(trial: Trial): Promise<CheckResult> {
  const tried = [await tryGood(trial), await tryRotation(trial)];
  for (const fault of await loadTokenFaults(trial.ask)) tried.push(await tryFault(trial, fault));
  const findings = tried.flatMap(({ finding }) => finding ?? []);
  const count = tried.filter(({ isMute }) => isMute).length;
  if (count > 0) {
    const values = { url: trial.url, count, tried: tried.length, error: '"invalid_token"' };
    findings.push(toDoctorFinding("api_fault_challenge", values));
  }
  return { findings, rows: tried.map(({ row }) => row), note: `${tried.length} tried` };
}

async function tryGood({ ask, wanted, send, url }: Trial): Promise<Tried> {
  const answer = await send(await issue(ask, wanted));
  const isRight = answer.status < 400 || answer.status === 403;
  const description = describeAnswer(answer);
  return {
    row: toRow("a good token", answer, "accepted"),
    finding: isRight ? undefined : toDoctorFinding("api_refuses_good", { url, status: answer.status, description }),
    isMute: false,
  };
}

/** An API may wait for a moment before it fetches keys again. */
const tries = 3;

/** The old keys stay published, so no token that is in use stops working. */
async function tryRotation({ ask, wanted, send, url }: Trial): Promise<Tried> {
  await ask("POST", "/dev/faults", [{ name: "rotated-keys", keepOld: true }]);
  try {
    const token = await issue(ask, wanted);
    let answer = await send(token);
    for (let again = 1; again < tries && answer.status >= 400 && answer.status !== 403; again++) {
      await delay(1_000);
      answer = await send(token);
    }
    const isRight = answer.status < 400 || answer.status === 403;
    return {
      row: toRow("a token signed with a new key", answer, "accepted"),
      finding: isRight ? undefined : toDoctorFinding("api_locked_out", { url, status: answer.status }),
      isMute: false,
    };
  } finally {
    await ask("DELETE", "/dev/faults/rotated-keys");
  }
}

/** Faults that an API may accept, and the status if it refuses. */
const acceptable: ReadonlyMap<string, number> = new Map([
  // An endpoint may need no permission.
  ["missing-permissions", 403],
  // No RFC tells an API to compare `iat` with its clock (RFC 7519 §4.1.6).
  ["clock-skew", 401],
]);

async function tryFault({ ask, wanted, send, url }: Trial, { name: fault, description }: TokenFault): Promise<Tried> {
  const answer = await send(await issue(ask, { ...wanted, fault }));
  const { status } = answer;
  const expected = acceptable.get(fault) ?? 401;
  const isAccepted = status < 400;
  const values = { url, status, fault, description };
  const problem = isAccepted
    ? toDoctorFinding("api_accepts_fault", values)
    : toDoctorFinding("api_fault_status", { ...values, expected });
  const isRight = status === expected || (isAccepted && acceptable.has(fault));
  return {
    row: toRow(`the fault ${fault}`, answer, acceptable.has(fault) ? `${expected}, or accepted` : String(expected)),
    finding: isRight ? undefined : problem,
    isMute: status === 401 && readErrors(answer).length === 0,
  };
}

/** Throws where the tenant issues none. */
async function issue(ask: AskTenant, wanted: object): Promise<string> {
  const answer = await ask("POST", "/dev/token", wanted);
  const token = answer && member(answer, "access_token");
  if (typeof token !== "string") throw new Error("the local tenant issued no token");
  return token;
}

function toRow(what: string, { status }: Answer, expected: string): string {
  return `${what.padEnd(30)} ${status}, must be ${expected}`;
}

function describeAnswer(answer: Answer): string {
  const [error] = readErrors(answer);
  return error === undefined ? "its answer does not say why" : `it says error="${error}"`;
}
