// All checks, ordered so that each can use the results of earlier ones.
import { challengeCheck } from "../api/challenge-check.js";
import { corsCheck } from "../api/cors-check.js";
import { metadataCheck } from "../api/metadata-check.js";
import { tellSilence } from "../api/probe.js";
import { queryCheck } from "../api/query.js";
import { reachCheck } from "../api/reach-check.js";
import { tenantTokensCheck } from "../api/tenant-tokens-check.js";
import { tokensCheck, twoHeadersCheck } from "../api/tokens-check.js";
import type { DoctorCheck, DoctorFacts, DoctorOptions } from "../define-check.js";
import { audienceCheck } from "./audience-check.js";
import { clockCheck } from "./clock-check.js";
import { configurationCheck } from "./configuration-check.js";
import { discoveryCheck } from "./discovery-check.js";
import { dnsCheck } from "./dns-check.js";
import { envFileCheck } from "./env-file-check.js";
import { environmentCheck } from "./environment-check.js";
import { guardCheck } from "./guard.js";
import { guardKeysCheck } from "./guard-keys.js";
import { issuerCheck } from "./issuer-check.js";
import { jwksCheck } from "./jwks-check.js";
import { keysCheck } from "./keys-check.js";
import { proxyCheck } from "./proxy-check.js";
import { tcpCheck } from "./tcp-check.js";
import { tenantCheck } from "./tenant-check.js";
import { tlsCheck } from "./tls-check.js";

/** The checks of issuer and configuration; those of a running API only where its URL is given. */
export function listChecks(options: DoctorOptions): readonly DoctorCheck[] {
  const { url, origin, config } = options;
  const own = config === undefined ? listIssuerChecks(options) : listGuardChecks(config);
  return [...own, ...(url === undefined ? [] : listApiChecks(new URL(url), origin))];
}

const network = [dnsCheck, tcpCheck, tlsCheck, proxyCheck];

/** Keys that are given are not asked for, and metadata only where they say where keys are. */
function listIssuerChecks({ guardFlags }: DoctorOptions): readonly DoctorCheck[] {
  const isRemote = ({ keyOption }: Partial<DoctorFacts>) => keyOption !== "secret";
  const isDiscovered = ({ keyOption }: Partial<DoctorFacts>) => keyOption === undefined;
  const remote = (check: DoctorCheck) => ({ ...check, isDue: isRemote });
  const metadata = [discoveryCheck, issuerCheck].map((check) => ({ ...check, isDue: isDiscovered }));
  return [
    ...[envFileCheck, configurationCheck, tenantCheck, environmentCheck],
    ...[...network.map(remote), ...metadata, ...[jwksCheck, keysCheck].map(remote)],
    ...(guardFlags?.["no-audience"] ? [] : [audienceCheck]),
    remote(clockCheck),
  ];
}

/** A guard makes its own requests. The network is checked only if one failed. */
function listGuardChecks(file: string): readonly DoctorCheck[] {
  const inVain = network.map((check) => ({
    ...check,
    isDue: ({ target }: Partial<DoctorFacts>) => target !== undefined,
  }));
  const clock = { ...clockCheck, isDue: ({ trust }: Partial<DoctorFacts>) => trust === true };
  const audience = { ...audienceCheck, isDue: ({ audience }: Partial<DoctorFacts>) => audience !== undefined };
  return [envFileCheck, guardCheck(file), tenantCheck, guardKeysCheck, environmentCheck, ...inVain, audience, clock];
}

function listApiChecks(target: URL, origin: string | undefined): readonly DoctorCheck[] {
  const checks = [
    reachCheck(target),
    challengeCheck(target),
    tokensCheck(target),
    queryCheck(target),
    twoHeadersCheck(target),
    tenantTokensCheck(target),
    ...(origin === undefined ? [] : [corsCheck(target, origin)]),
    metadataCheck(target),
  ];
  return checks.map((check) => tellSilence(target, check));
}
