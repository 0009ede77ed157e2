// The environment that decides how Node.js connects: its version, certificates, proxies. Determines
// the route to the issuer.
import { isLoopback } from "../../../issuer/url.js";
import { isProduction } from "../../../platform/runtime.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type Context, type DoctorCheck, type DoctorFacts, defineCheck, type Route } from "../define-check.js";
import { readErrorCode } from "../network-error.js";
import { findProxy, isSwitchedOn, knowsSwitch } from "./proxy-variables.js";

const oldestNode = "20.19";

export const environmentCheck: DoctorCheck = defineCheck({
  title: "environment",
  needs: ["env"],
  run: async (context, { env, issuers, target: asked, guard, keyOption }) => {
    const { nodeVersion } = context;
    const findings: DoctorFinding[] = [...checkVersion(nodeVersion), ...(await checkCertificates(context))];
    const [issuer] = issuers ?? [];
    if (issuer !== undefined && isProduction(env) && isLoopback(toHostname(issuer))) {
      findings.push(toDoctorFinding("production_with_loopback", { issuer }));
    }
    // The guard of a file asks where it was told to; the issuer's own host may not be there for it
    // at all.
    const address = asked ?? (guard === undefined && keyOption === undefined ? issuer : undefined);
    if (address === undefined) return { findings, note: `Node.js ${nodeVersion}` };
    const target = new URL(address);
    const { route, findings: aboutProxy } = findRoute(env, target, nodeVersion);
    const way = route.proxy === undefined ? "no proxy" : `through the proxy ${route.host}:${route.port}`;
    return { findings: [...findings, ...aboutProxy], facts: { route }, note: `Node.js ${nodeVersion}, ${way}` };
  },
});

function checkVersion(actual: string): readonly DoctorFinding[] {
  const [major = 0, minor = 0] = actual.split(".").map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19);
  return isOld ? [toDoctorFinding("node_too_old", { actual, expected: oldestNode })] : [];
}

/** Variables of the process itself, which Node.js reads when it starts. */
async function checkCertificates({ env, readFile }: Context): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") findings.push(toDoctorFinding("certificates_unchecked", {}));
  const file = env["NODE_EXTRA_CA_CERTS"];
  if (file === undefined || file === "") return findings;
  try {
    if ((await readFile(file)).includes("-----BEGIN CERTIFICATE-----")) return findings;
    return [...findings, toDoctorFinding("extra_ca_unreadable", { file, problem: "holds no certificate in PEM" })];
  } catch (error) {
    const problem = `cannot be read (${readErrorCode(error) ?? "unknown problem"})`;
    return [...findings, toDoctorFinding("extra_ca_unreadable", { file, problem })];
  }
}

function findRoute(env: DoctorFacts["env"], target: URL, version: string): { route: Route; findings: DoctorFinding[] } {
  const isTls = target.protocol === "https:";
  const direct = { host: toHost(target), port: Number(target.port || (isTls ? 443 : 80)), isTls, proxy: undefined };
  const proxy = findProxy(env, target);
  if (!isSwitchedOn(env)) return { route: direct, findings: [] };
  if (!knowsSwitch(version)) return { route: direct, findings: [toDoctorFinding("proxy_switch_unknown", { version })] };
  if (proxy === undefined) return { route: direct, findings: [] };
  const { url, name } = proxy;
  if (url === undefined) return { route: direct, findings: [toDoctorFinding("proxy_malformed", { name })] };
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return { route: { host: toHost(url), port, isTls: url.protocol === "https:", proxy: name }, findings: [] };
}

/** Some issuers of guards are not URLs. */
function toHostname(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).hostname : "";
}

/** Without the brackets that URLs put around IPv6 addresses. */
function toHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
