// The challenge of the refusal: there, well formed, and silent about errors where nothing was sent.
import { type DoctorFinding, toFinding } from "../catalogue/catalogue.js";
import { type Check, defineCheck } from "../check.js";
import { type Challenge, readChallenges } from "./challenges.js";
import { toShown } from "./probe.js";

export const challengeCheck = (target: URL): Check =>
  defineCheck({
    title: "API: challenge",
    needs: ["refusal"],
    run: (_context, { refusal }) => {
      const url = toShown(target);
      const values = refusal.header("www-authenticate");
      if (values.length === 0) return { findings: [toFinding("api_challenge_missing", { url })] };
      const challenges = readChallenges(values);
      if (!challenges) return { findings: [toFinding("api_challenge_malformed", { url, actual: values.join(", ") })] };
      return { findings: inspect(challenges, url), note: values.join(", ") };
    },
  });

function inspect(challenges: readonly Challenge[], url: string): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const schemes = challenges.map(({ scheme }) => scheme);
  if (!schemes.some((scheme) => scheme === "bearer" || scheme === "dpop")) {
    findings.push(toFinding("api_challenge_scheme", { url, schemes: schemes.join(", ") }));
  }
  const actual = challenges.map(({ parameters }) => parameters.get("error")).find((error) => error !== undefined);
  if (actual !== undefined) findings.push(toFinding("api_challenge_error", { url, actual }));
  return findings;
}
