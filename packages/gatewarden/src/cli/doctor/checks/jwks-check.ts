// The key set: whether it can be fetched, and is valid.
import { FetchError, fetchJson, keySetTypes } from "../../../keys/fetch-json.js";
import { isObject, member } from "../../../token/json.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import { explainAnswer } from "../explain-answer.js";

const maxKeys = 2000;

export const jwksCheck: DoctorCheck = defineCheck({
  title: "key set",
  needs: ["metadata"],
  run: async ({ recorder, options }, { metadata }) => {
    const { jwksUri: url } = metadata;
    const before = recorder.exchanges.length;
    try {
      const { document } = await fetchJson(url, {
        fetch: recorder.fetch,
        timeout: options.timeout,
        accept: keySetTypes,
      });
      const keys = isObject(document) ? member(document, "keys") : undefined;
      if (!Array.isArray(keys)) return { findings: [toDoctorFinding("jwks_malformed", { url })] };
      const findings = checkCount(keys.length, url);
      return {
        findings,
        ...(findings.length === 0 && { facts: { keys } }),
        note: `${keys.length} ${keys.length === 1 ? "key" : "keys"} at ${url}`,
      };
    } catch (error) {
      const status = error instanceof FetchError ? error.status : undefined;
      if (status === 404 || status === 410) return { findings: [toDoctorFinding("jwks_not_found", { url, status })] };
      const exchanges = recorder.exchanges.slice(before);
      return { findings: [explainAnswer(error, { what: "The key set", url, timeout: options.timeout, exchanges })] };
    }
  },
});

function checkCount(count: number, url: string): readonly DoctorFinding[] {
  if (count === 0) return [toDoctorFinding("jwks_empty", { url })];
  return count > maxKeys ? [toDoctorFinding("jwks_too_many", { url, count })] : [];
}
