// The API without credentials: it must answer, and refuse with 401 and a body that gives nothing away (RFC 6750 §3.1).
import { isLoopback } from "../../../issuer/url.js";
import { type DoctorFinding, toFinding } from "../catalogue/catalogue.js";
import { type Check, type CheckResult, defineCheck } from "../check.js";
import { describeNetworkError } from "../network-error.js";
import { type Answer, probe, toShown } from "./probe.js";
import { holdsStack } from "./stack.js";

export const reachCheck = (target: URL): Check =>
  defineCheck({
    title: "API: refusal without a token",
    needs: [],
    run: async ({ options }): Promise<CheckResult> => {
      const url = toShown(target);
      const findings = [...checkScheme(target, url)];
      let answer: Answer;
      try {
        answer = await probe(target, { timeout: options.timeout });
      } catch (error) {
        return { findings: [...findings, toFinding("api_no_answer", { url, problem: describeNetworkError(error) })] };
      }
      const note = `${url} answers with ${answer.status}`;
      if (answer.status !== 401) return { findings: [...findings, explainStatus(url, target, answer)], note };
      return { findings: [...findings, ...checkBody(url, answer)], facts: { refusal: answer }, note };
    },
  });

function checkScheme({ protocol, hostname }: URL, url: string): readonly DoctorFinding[] {
  if (protocol === "https:") return [];
  return [isLoopback(hostname) ? toFinding("api_http_loopback", { url }) : toFinding("api_http", { url })];
}

function explainStatus(url: string, target: URL, { status, header }: Answer): DoctorFinding {
  if (status < 300) return toFinding("api_open", { url, status });
  if (status < 400) {
    const [location = ""] = header("location");
    const shown = URL.canParse(location, target) ? toShown(new URL(location, target)) : "nowhere";
    return toFinding("api_redirects", { url, status, location: shown });
  }
  if (status === 404 || status === 405) return toFinding("api_not_found", { url, status });
  if (status === 503) return toFinding("api_unavailable", { url });
  return toFinding(status >= 500 ? "api_server_error" : "api_wrong_status", { url, status });
}

/** An empty body is fine: the challenge says it all. */
function checkBody(url: string, { body, header }: Answer): readonly DoctorFinding[] {
  if (holdsStack(body)) return [toFinding("api_body_stack", { url })];
  if (body.trim() === "") return [];
  const type = header("content-type")[0] ?? "no Content-Type";
  if (type.includes("html") || /^\s*</.test(body)) return [toFinding("api_body_html", { url })];
  return /[/+]json\b/.test(type) ? [] : [toFinding("api_body_not_json", { url, actual: type })];
}
