// The challenge of the refusal: present, well-formed, and without an error if no token was sent.
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import { type Challenge, readChallenges } from "./challenges.js";
import { toShown } from "./probe.js";

export const challengeCheck = (target: URL): DoctorCheck =>
  defineCheck({
    title: "API: challenge",
    needs: ["refusal"],
    run: (_context, { refusal }) => {
      const url = toShown(target);
      const values = refusal.header("www-authenticate");
      if (values.length === 0) return { findings: [toDoctorFinding("api_challenge_missing", { url })] };
      const challenges = readChallenges(values);
      if (!challenges)
        return { findings: [toDoctorFinding("api_challenge_malformed", { url, actual: values.join(", ") })] };
      return { findings: inspectChallenges(challenges, url), note: values.join(", ") };
    },
  });

function inspectChallenges(challenges: readonly Challenge[], url: string): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const schemes = challenges.map(({ scheme }) => scheme);
  if (!schemes.some((scheme) => scheme === "bearer" || scheme === "dpop")) {
    findings.push(toDoctorFinding("api_challenge_scheme", { url, schemes: schemes.join(", ") }));
  }
  const actual = challenges.map(({ parameters }) => parameters.get("error")).find((error) => error !== undefined);
  if (actual !== undefined) findings.push(toDoctorFinding("api_challenge_error", { url, actual }));
  return findings;
}
