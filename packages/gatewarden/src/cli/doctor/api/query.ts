// Tokens in the query: an API that reads them answers a bad one there like a bad one in the header
// (RFC 9700 §4.3.2).
import { isObject, member } from "../../../token/json.js";
import { toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import type { Answer } from "./answer.js";
import { chooseScheme } from "./challenges.js";
import { probe, toShown } from "./probe.js";
import { readErrors } from "./tokens-check.js";

const garbage = "gatewarden.doctor.garbage";
/** RFC 6750 §2.3 defines the first; the second is a common custom name. */
const names = ["access_token", "token"];

export const queryCheck = (target: URL): DoctorCheck =>
  defineCheck({
    title: "API: token in the query",
    needs: ["refusal"],
    run: async ({ options: { timeout } }, { refusal }) => {
      const url = toShown(target);
      const none = characterize(refusal);
      const authorization = `${chooseScheme(refusal.header("www-authenticate"))} ${garbage}`;
      const header = characterize(await probe(target, { headers: { authorization }, timeout }));
      for (const name of names) {
        const asked = new URL(target);
        asked.searchParams.set(name, garbage);
        const answer = await probe(asked, { timeout });
        const isTaken = answer.status < 400 || (none !== header && characterize(answer) === header);
        if (isTaken) return { findings: [toDoctorFinding("api_query_token", { url, name })] };
      }
      return { findings: none === header ? [toDoctorFinding("api_query_unclear", { url })] : [] };
    },
  });

/**
 * The parts of a refusal that distinguish "no token" from "bad token", without those that change
 * with each request.
 */
function characterize(answer: Answer): string {
  const names = ["error", "error_description", "code", "reason", "message", "detail"];
  const body = readBody(answer.body);
  return JSON.stringify([answer.status, readErrors(answer), names.map((name) => member(body, name))]);
}

function readBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}
