// TLS: whether Node.js trusts the certificate. Trust, dates and name are checked separately, since
// OpenSSL reports only the first problem.
import { isIP } from "node:net";
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { findTenantTrust, type TenantTrust } from "../../tenant-trust.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type Context, type DoctorCheck, type DoctorFacts, defineCheck, type Route } from "../define-check.js";
import { readErrorCode } from "../network-error.js";

export const tlsCheck: DoctorCheck = defineCheck({
  title: "TLS",
  needs: ["route", "connection"],
  run: async (context, { route, connection }) => {
    if (!route.isTls) return { findings: [], facts: { handshake: true, trust: true }, note: "none: plain http" };
    const trust = await findTrust(route, context);
    const answer = await shakeHands({ ...route, ca: trust?.ca }, connection, context.options.timeout);
    const { host, port } = route;
    const seconds = context.options.timeout;
    if (answer === "late") return { findings: [toDoctorFinding("tls_timeout", { host, port, seconds })] };
    if (answer instanceof Error) return { findings: [explainFailure(answer, route)] };
    const findings = inspectCertificate(answer, host, context);
    if (findings.length > 0) return { findings, facts: { handshake: true } };
    const authority = `certificate of ${readName(answer.certificate.issuer)}`;
    // This command trusts it by the tenant's record. The API's process has no such record.
    const advice = trust === undefined ? "" : `; the API needs NODE_EXTRA_CA_CERTS=${trust.file}`;
    return { findings, facts: { handshake: true, trust: true }, note: authority + advice };
  },
});

/** The authority of a local tenant, if the route leads to one. */
async function findTrust({ host, port }: Route, { cwd }: Context): Promise<TenantTrust | undefined> {
  const trust = await findTenantTrust(cwd);
  if (trust === undefined) return undefined;
  const tenant = new URL(trust.origin);
  const isSame = tenant.hostname.replace(/^\[|\]$/g, "") === host && Number(tenant.port || 443) === port;
  return isSame ? trust : undefined;
}

interface Handshake {
  readonly certificate: PeerCertificate;
  /** OpenSSL's code. Undefined if it accepts the chain. */
  readonly problem: string | undefined;
}

/** Accepts any certificate, in order to inspect it. No data is sent over such a connection. */
function shakeHands(
  { ca, host, port }: Route & { readonly ca: string | undefined },
  { address }: DoctorFacts["connection"],
  seconds: number,
) {
  return new Promise<Handshake | Error | "late">((resolve) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const authority = ca === undefined ? {} : { ca };
    const socket: TLSSocket = connect({ host: address, port, ...servername, ...authority, rejectUnauthorized: false });
    const end = (answer: Handshake | Error | "late") => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end("late"), seconds * 1000);
    socket.once("secureConnect", () => {
      // Node.js sets the code here, and null on success. Names are compared below.
      const code = socket.authorizationError ? String(socket.authorizationError) : undefined;
      const problem = code === "ERR_TLS_CERT_ALTNAME_INVALID" ? undefined : code;
      end({ certificate: socket.getPeerCertificate(true), problem });
    });
    socket.on("error", end);
    socket.on("close", () => end(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
  });
}

function explainFailure(error: Error, { host, port }: Route): DoctorFinding {
  const code = readErrorCode(error) ?? error.message;
  const isForeign = /WRONG_VERSION_NUMBER|PACKET_LENGTH|UNEXPECTED_MESSAGE|HTTP_REQUEST|RECORD/.test(code);
  if (isForeign) return toDoctorFinding("tls_not_spoken", { host, port, problem: code });
  return toDoctorFinding("tls_failed", { host, problem: code });
}

function inspectCertificate(
  { certificate, problem }: Handshake,
  host: string,
  { now }: Context,
): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const seconds = now();
  const clock = toDay(seconds);
  const [from, until] = [certificate.valid_from, certificate.valid_to].map((date) => Date.parse(date) / 1000);
  if (until !== undefined && until < seconds) {
    findings.push(toDoctorFinding("tls_expired", { host, date: toDay(until), now: clock }));
  }
  if (from !== undefined && from > seconds) {
    findings.push(toDoctorFinding("tls_not_yet_valid", { host, date: toDay(from), now: clock }));
  }
  if (checkServerIdentity(host, certificate) !== undefined) {
    findings.push(toDoctorFinding("tls_wrong_host", { host, names: readHostNames(certificate) }));
  }
  const all = [...explainTrust(problem, certificate, host), ...findings];
  // Any objection of OpenSSL to the chain keeps fetch from connecting, even if its cause is not in
  // this certificate.
  return all.length === 0 && problem !== undefined ? [toDoctorFinding("tls_failed", { host, problem })] : all;
}

function explainTrust(problem: string | undefined, certificate: PeerCertificate, host: string): DoctorFinding[] {
  const authority = readName(certificate.issuer);
  switch (problem) {
    case undefined:
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return [];
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return [toDoctorFinding("tls_self_signed", { host, subject: readName(certificate.subject) })];
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return [toDoctorFinding("tls_chain_incomplete", { host, authority })];
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return [toDoctorFinding("tls_unknown_ca", { host, authority: readRoot(certificate) })];
    default:
      return [toDoctorFinding("tls_failed", { host, problem })];
  }
}

function readName(name: PeerCertificate["subject"] | undefined): string {
  // If a field occurs more than once, Node.js returns a list.
  return [name?.CN ?? name?.O ?? "a nameless authority"].flat().join(", ");
}

/** The signer of the last certificate in the chain. */
function readRoot(certificate: PeerCertificate): string {
  let current = certificate;
  const seen = new Set<string>();
  while ("issuerCertificate" in current && !seen.has(current.fingerprint256)) {
    seen.add(current.fingerprint256);
    const next = current.issuerCertificate as PeerCertificate | undefined;
    if (!next) break;
    current = next;
  }
  return readName(current.issuer);
}

function readHostNames({ subject, subjectaltname }: PeerCertificate): string {
  const names = subjectaltname?.replaceAll("DNS:", "").replaceAll("IP Address:", "");
  return names ?? readName(subject);
}

function toDay(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
