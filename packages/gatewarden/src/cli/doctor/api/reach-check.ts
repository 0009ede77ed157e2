// The API without credentials: it must answer, and refuse with 401 and a body that reveals nothing
// (RFC 6750 §3.1).
import { isLoopback } from "../../../issuer/url.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type CheckResult, type DoctorCheck, defineCheck } from "../define-check.js";
import { describeNetworkError } from "../network-error.js";
import type { Answer } from "./answer.js";
import { probe, toShown } from "./probe.js";
import { holdsStack } from "./stack.js";

export const reachCheck = (target: URL): DoctorCheck =>
  defineCheck({
    title: "API: refusal without a token",
    needs: [],
    run: async ({ options }): Promise<CheckResult> => {
      const url = toShown(target);
      const findings = [...checkProtocol(target, url)];
      let answer: Answer;
      try {
        answer = await probe(target, { timeout: options.timeout });
      } catch (error) {
        return {
          findings: [...findings, toDoctorFinding("api_no_answer", { url, problem: describeNetworkError(error) })],
        };
      }
      const note = `${url} answers with ${answer.status}`;
      if (answer.status !== 401) {
        const wrong = [...findings, explainStatus(url, target, answer)];
        // A refusal with the wrong status is still a refusal: what else is wrong shows as well.
        return isRefusal(answer) ? { findings: wrong, facts: { refusal: answer }, note } : { findings: wrong, note };
      }
      return { findings: [...findings, ...checkBody(url, answer)], facts: { refusal: answer }, note };
    },
  });

function isRefusal({ status }: Answer): boolean {
  return status >= 400 && ![404, 405, 503].includes(status);
}

function checkProtocol({ protocol, hostname }: URL, url: string): readonly DoctorFinding[] {
  if (protocol === "https:") return [];
  return [isLoopback(hostname) ? toDoctorFinding("api_http_loopback", { url }) : toDoctorFinding("api_http", { url })];
}

function explainStatus(url: string, target: URL, { status, header }: Answer): DoctorFinding {
  if (status < 300) return toDoctorFinding("api_open", { url, status });
  if (status < 400) {
    const [location = ""] = header("location");
    const shown = URL.canParse(location, target) ? toShown(new URL(location, target)) : "nowhere";
    return toDoctorFinding("api_redirects", { url, status, location: shown });
  }
  if (status === 404 || status === 405) return toDoctorFinding("api_not_found", { url, status });
  if (status === 503) return toDoctorFinding("api_unavailable", { url });
  return toDoctorFinding(status >= 500 ? "api_server_error" : "api_wrong_status", { url, status });
}

/** An empty body is fine, since the challenge is complete. */
function checkBody(url: string, { body, header }: Answer): readonly DoctorFinding[] {
  if (holdsStack(body)) return [toDoctorFinding("api_body_stack", { url })];
  if (body.trim() === "") return [];
  const type = header("content-type")[0] ?? "no Content-Type";
  if (type.includes("html") || /^\s*</.test(body)) return [toDoctorFinding("api_body_html", { url })];
  return /[/+]json\b/.test(type) ? [] : [toDoctorFinding("api_body_not_json", { url, actual: type })];
}
