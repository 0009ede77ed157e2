// All checks, in the order in which one builds on the other.
import { challengeCheck } from "../api/challenge.js";
import { corsCheck } from "../api/cors.js";
import { metadataCheck } from "../api/metadata.js";
import { tellSilence } from "../api/probe.js";
import { queryCheck } from "../api/query.js";
import { reachCheck } from "../api/reach.js";
import { tokensCheck, twoHeadersCheck } from "../api/tokens.js";
import type { Check, DoctorOptions, Facts } from "../check.js";
import { audienceCheck } from "./audience.js";
import { clockCheck } from "./clock.js";
import { configurationCheck } from "./configuration.js";
import { discoveryCheck } from "./discovery.js";
import { dnsCheck } from "./dns.js";
import { envFileCheck } from "./env-file.js";
import { environmentCheck } from "./environment.js";
import { guardCheck } from "./guard.js";
import { guardKeysCheck } from "./guard-keys.js";
import { issuerCheck } from "./issuer.js";
import { jwksCheck } from "./jwks.js";
import { keysCheck } from "./keys.js";
import { proxyCheck } from "./proxy.js";
import { tcpCheck } from "./tcp.js";
import { tlsCheck } from "./tls.js";

/** The checks of issuer and configuration; those of a running API only where its URL is given. */
export function listChecks({ url, origin, config }: DoctorOptions): readonly Check[] {
  const own = config === undefined ? listIssuerChecks() : listGuardChecks(config);
  return [...own, ...(url === undefined ? [] : listApiChecks(new URL(url), origin))];
}

const network = [dnsCheck, tcpCheck, tlsCheck, proxyCheck];

function listIssuerChecks(): readonly Check[] {
  const configuration = [envFileCheck, configurationCheck, environmentCheck];
  const issuer = [discoveryCheck, issuerCheck, jwksCheck, keysCheck, audienceCheck, clockCheck];
  return [...configuration, ...network, ...issuer];
}

/** A guard asks for itself: the network is looked at where it did so in vain. */
function listGuardChecks(file: string): readonly Check[] {
  const inVain = network.map((check) => ({ ...check, isDue: ({ target }: Partial<Facts>) => target !== undefined }));
  const clock = { ...clockCheck, isDue: ({ trust }: Partial<Facts>) => trust === true };
  const audience = { ...audienceCheck, isDue: ({ audience }: Partial<Facts>) => audience !== undefined };
  return [envFileCheck, guardCheck(file), guardKeysCheck, environmentCheck, ...inVain, audience, clock];
}

function listApiChecks(target: URL, origin: string | undefined): readonly Check[] {
  const checks = [
    reachCheck(target),
    challengeCheck(target),
    tokensCheck(target),
    queryCheck(target),
    twoHeadersCheck(target),
    ...(origin === undefined ? [] : [corsCheck(target, origin)]),
    metadataCheck(target),
  ];
  return checks.map((check) => tellSilence(target, check));
}
