// The API as seen by a page in a browser: the preflight carries no token, and refusals must be
// readable (Fetch standard, CORS protocol).
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type Context, type DoctorCheck, defineCheck } from "../define-check.js";
import type { Answer } from "./answer.js";
import { readChallenges } from "./challenges.js";
import { probe, toShown } from "./probe.js";

const stranger = "https://gatewarden-doctor.invalid";

export const corsCheck = (target: URL, origin: string): DoctorCheck =>
  defineCheck({
    title: "API: CORS",
    needs: ["refusal"],
    run: async (context, { refusal }) => {
      const offersDpop = (readChallenges(refusal.header("www-authenticate")) ?? []).some(
        ({ scheme }) => scheme === "dpop",
      );
      const preflight = await sendPreflight(target, origin, context);
      const findings = [...inspectPreflight(preflight, { url: toShown(target), origin, offersDpop })];
      // Reports only once that an origin is not allowed.
      if (!findings.some(({ code }) => code === "api_origin_not_allowed")) {
        findings.push(...(await inspectRefusal(target, origin, { context, offersDpop })));
      }
      findings.push(...(await inspectStranger(target, context)));
      return { findings, note: `preflight from ${origin}: ${preflight.status}` };
    },
  });

function sendPreflight(target: URL, origin: string, { options }: Context): Promise<Answer> {
  const headers = {
    origin,
    "access-control-request-method": "GET",
    "access-control-request-headers": "authorization",
  };
  return probe(target, { method: "OPTIONS", headers, timeout: options.timeout });
}

interface Page {
  readonly url: string;
  readonly origin: string;
  readonly offersDpop: boolean;
}

function inspectPreflight({ status, header }: Answer, { url, origin, offersDpop }: Page): readonly DoctorFinding[] {
  // Browsers accept no other status (Fetch standard, CORS-preflight fetch, step 7).
  if (status < 200 || status > 299) return [toDoctorFinding("api_preflight_refused", { url, origin, status })];
  const [allowed = "absent"] = header("access-control-allow-origin");
  if (allowed !== origin && allowed !== "*") {
    return [
      toDoctorFinding(
        "api_origin_not_allowed",
        { url, origin, actual: allowed },
        { expected: origin, actual: allowed },
      ),
    ];
  }
  const findings: DoctorFinding[] = [];
  const names = header("access-control-allow-headers").join(", ");
  const wanted = offersDpop ? ["Authorization", "DPoP"] : ["Authorization"];
  for (const name of wanted) {
    if (lists(names, name) || (name !== "Authorization" && lists(names, "*"))) continue;
    findings.push(toDoctorFinding("api_header_not_allowed", { url, name, actual: names || "absent" }));
  }
  return findings;
}

async function inspectRefusal(
  target: URL,
  origin: string,
  { context, offersDpop }: { readonly context: Context; readonly offersDpop: boolean },
): Promise<readonly DoctorFinding[]> {
  const url = toShown(target);
  const { header } = await probe(target, { headers: { origin }, timeout: context.options.timeout });
  const [allowed] = header("access-control-allow-origin");
  if (allowed !== origin && allowed !== "*") return [toDoctorFinding("api_refusal_without_cors", { url, origin })];
  const exposed = header("access-control-expose-headers").join(", ");
  const wanted = offersDpop ? ["WWW-Authenticate", "DPoP-Nonce"] : ["WWW-Authenticate"];
  return wanted
    .filter((name) => !lists(exposed, name) && !lists(exposed, "*"))
    .map((name) => toDoctorFinding("api_challenge_hidden", { url, name, actual: exposed || "absent" }));
}

/**
 * An API that echoes every origin and allows credentials lets any page act as the user if cookies
 * are used.
 */
async function inspectStranger(target: URL, context: Context): Promise<readonly DoctorFinding[]> {
  const { header } = await sendPreflight(target, stranger, context);
  const isOpen = header("access-control-allow-origin").includes(stranger);
  const hasCredentials = header("access-control-allow-credentials").includes("true");
  return isOpen && hasCredentials
    ? [toDoctorFinding("api_any_origin", { url: toShown(target), origin: stranger })]
    : [];
}

function lists(value: string, name: string): boolean {
  return value.split(",").some((one) => one.trim().toLowerCase() === name.toLowerCase());
}
