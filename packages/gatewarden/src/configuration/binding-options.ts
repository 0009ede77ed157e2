// The options `dpop`, `mtls`, `resource` and `trustProxy`: how bound tokens are checked, and what
// challenges offer.
import { type Binding, createBinding } from "../binding/binding.js";
import type { CertificateHeader } from "../binding/certificate-header.js";
import type { BindingMode } from "../binding/confirmation.js";
import type { GetCertificate } from "../binding/given-certificate.js";
import { createMemoryReplayStore } from "../binding/memory-replay.js";
import { createNonces, minSecretBytes, type NonceSecrets, type Nonces } from "../binding/nonce.js";
import type { ReplayStore } from "../binding/replay.js";
import { ConfigError } from "../errors.js";
import { Dependency, type DependencyStatus } from "../monitoring/dependency.js";
import type { DpopChallenge } from "../request/challenge.js";
import type { ProxyPolicy } from "../request/proxy.js";
import { asymmetricAlgorithms } from "../token/algorithms.js";
import { requireNumber, toOptionError, toValueError } from "./option-table.js";
import type { GuardOptions } from "./options.js";
import { requireOrigin, requireProxy } from "./proxy-options.js";
import type { DpopNonceOptions, DpopOptions, MtlsOptions } from "./request-option-types.js";
import { requireOptions } from "./require-options.js";

/** Settings that other options have determined already. */
export interface BindingSettings {
  /** This API's own URL, where configured. */
  readonly resourceUrl: string | undefined;
  readonly clockTolerance: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** How bound tokens are checked, and what challenges say about it. */
export interface ConfiguredBinding {
  readonly binding: Binding;
  readonly challenge: DpopChallenge | undefined;
  /** State of the store of used proofs; undefined where DPoP is off. */
  readonly replay: (() => ReplayStatus) | undefined;
}

/** State of the store of used proofs. */
export interface ReplayStatus extends DependencyStatus {
  /** How many ids it holds; undefined for a store without `size`. */
  readonly entries: number | undefined;
}

/** Checks the options. Throws `ConfigError`. */
export function configureBinding(options: GuardOptions, settings: BindingSettings): ConfiguredBinding {
  const { resourceUrl, clockTolerance, now } = settings;
  const { dpop = { mode: "off" }, mtls = { mode: "off" }, trustProxy } = options;
  requireOptions("dpop", dpop);
  requireOptions("mtls", mtls);
  const modes = { dpop: requireMode("dpop", dpop.mode), mtls: requireMode("mtls", mtls.mode) };
  const target = { origin: requireOrigin(resourceUrl), proxy: requireProxy(trustProxy) };
  const algorithms = requireProofAlgorithms(dpop.algorithms);
  const nonces = requireNonces(dpop.nonce, now);
  const maxAge = requireNumber("dpop.maxAge", dpop.maxAge);
  const replay = requireReplay(dpop.replay, now);
  const replayWatch = new Dependency(now);
  const proofs = { algorithms: new Set(algorithms), maxAge, clockTolerance, target, replay, replayWatch, nonces };
  const { certificate } = mtls;
  const read = typeof certificate === "function" ? certificate : undefined;
  const header = typeof certificate === "object" ? requireCertificateHeader(certificate, target.proxy) : undefined;
  const certificates = { header, proxy: target.proxy, read };
  const challenge = { algorithms: algorithms.join(" "), nonce: nonces?.current };
  return {
    binding: createBinding({ modes, dpop: proofs, mtls: certificates }),
    challenge: modes.dpop === "off" ? undefined : { ...challenge, mode: modes.dpop },
    replay: modes.dpop === "off" ? undefined : () => ({ ...replayWatch, entries: replay.size }),
  };
}

const modeNames: readonly unknown[] = ["allowed", "required", "off"];

function requireMode(option: string, mode: unknown): BindingMode {
  if (modeNames.includes(mode)) return mode as BindingMode;
  throw toValueError(`${option}.mode`, mode);
}

function requireProofAlgorithms(listed: readonly string[] = asymmetricAlgorithms): readonly string[] {
  const fail = (problem: string): never => {
    throw toOptionError("dpop.algorithms", problem);
  };
  if (!Array.isArray(listed) || listed.length === 0) return fail("must be a non-empty list");
  const known: readonly string[] = asymmetricAlgorithms;
  // A symmetric algorithm would make the public key in the proof a shared secret known to everyone
  // (RFC 9449 §4.3 step 5).
  const bad = listed.find((name) => !known.includes(name));
  return bad === undefined ? listed : fail(`lists "${String(bad)}", which is not an asymmetric signature algorithm`);
}

function requireReplay(replay: ReplayStore | undefined, now: () => number): ReplayStore {
  if (replay === undefined) return createMemoryReplayStore({ now });
  if (typeof replay?.add === "function") return replay;
  throw toOptionError("dpop.replay", "must have the method `add` of a replay store");
}

function requireNonces(option: DpopOptions["nonce"], now: () => number): Nonces | undefined {
  if (option === undefined || option === false) return undefined;
  const example = "dpop: { nonce: { secret: process.env.DPOP_NONCE_SECRET } }, 32 random bytes or more";
  const given: DpopNonceOptions = option === true ? {} : option;
  requireOptions("dpop.nonce", given);
  const { secret, lifetime } = given;
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  // The secret itself is never part of a message.
  const isSource = typeof (bytes as Partial<NonceSecrets> | undefined)?.secretAt === "function";
  if (bytes !== undefined && !isSource && !(bytes instanceof Uint8Array && bytes.length >= minSecretBytes)) {
    throw new ConfigError({ option: "dpop.nonce.secret", problem: "is shorter than 32 bytes", example });
  }
  return createNonces({
    secret: bytes,
    lifetime: requireNumber("dpop.nonce.lifetime", lifetime),
    now,
  });
}

const defaultHeaders: Readonly<Record<string, string>> = { envoy: "x-forwarded-client-cert", rfc9440: "client-cert" };

function requireCertificateHeader(
  certificate: Exclude<MtlsOptions["certificate"], GetCertificate | undefined>,
  proxy: ProxyPolicy | undefined,
): CertificateHeader {
  requireOptions("mtls.certificate", certificate);
  const { format, header = defaultHeaders[format] } = certificate;
  if (format !== "nginx" && format !== "envoy" && format !== "rfc9440") {
    throw toValueError("mtls.certificate.format", format);
  }
  if (typeof header !== "string" || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(header)) {
    throw toOptionError("mtls.certificate.header", "is not the name of a header");
  }
  // Any client can send a header: it proves nothing unless a trusted proxy sets it (RFC 8705 §6.5,
  // RFC 9440 §4).
  if (!proxy) {
    throw new ConfigError({
      option: "mtls.certificate",
      problem: "requires trustProxy, which is not set",
      example: "trustProxy: true",
    });
  }
  return { format, header: header.toLowerCase() };
}
