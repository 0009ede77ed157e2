// `AuthOptions`, completed by the environment and checked, as express-oauth2-jwt-bearer does it.
import { AssertionError } from "node:assert";
import type { Algorithm } from "../../index.js";
import type { AuthOptions } from "./option-types.js";
import type { DpopMode, ProofTimes } from "./schemes.js";

/** The options, with what the environment adds. */
export interface Settings extends AuthOptions {
  /** Whether a request without a token is refused. */
  readonly authRequired: boolean;
  readonly clockTolerance: number;
  readonly modes: { readonly dpop: DpopMode; readonly mtls: "off" | "allowed" | "required" };
  readonly proofTimes: ProofTimes;
}

type Environment = Readonly<Record<string, string | undefined>>;

const symmetric: readonly string[] = ["HS256", "HS384", "HS512"] satisfies Algorithm[];

/** Throws `AssertionError` for options that contradict each other, or that are missing. */
export function requireSettings(given: AuthOptions, env: Environment): Settings {
  const options = { ...given, ...readEnvironment(given, env) };
  refuseContradictions(options);
  if (!options.audience?.length) fail("An 'audience' is required to validate the 'aud' claim");
  refuseAlgorithm(options);
  for (const name of ["clockTolerance", "maxTokenAge"] as const) refuseTime(name, options[name]);
  return {
    ...options,
    authRequired: options.authRequired !== false,
    clockTolerance: options.clockTolerance ?? 5,
    modes: { dpop: requireDpopMode(options.dpop), mtls: requireMtlsMode(options) },
    proofTimes: { offset: options.dpop?.iatOffset ?? 300, leeway: options.dpop?.iatLeeway ?? 30 },
  };
}

/** A variable that is set but empty counts as not set. */
function readEnvironment(given: AuthOptions, env: Environment): Partial<AuthOptions> {
  return {
    issuerBaseURL: given.issuerBaseURL ?? env["ISSUER_BASE_URL"],
    issuer: given.issuer ?? env["ISSUER"],
    jwksUri: given.jwksUri ?? env["JWKS_URI"],
    audience: given.audience ?? env["AUDIENCE"],
    secret: given.secret ?? env["SECRET"],
    tokenSigningAlg: given.tokenSigningAlg ?? env["TOKEN_SIGNING_ALG"],
  };
}

/** A check against what is not a number would not run, or pass everything (CWE-636). */
function refuseTime(name: string, value: unknown): void {
  const isAbsent = value === undefined || value === null;
  if (!isAbsent && (typeof value !== "number" || Number.isNaN(value))) fail(`'${name}' must be a number of seconds`);
}

/** Pairs of which only one may be given. */
const exclusive: readonly (readonly [keyof AuthOptions, keyof AuthOptions])[] = [
  ["mcd", "issuerBaseURL"],
  ["mcd", "issuer"],
  ["mcd", "jwksUri"],
  ["mcd", "secret"],
  ["mcd", "publicKey"],
  ["secret", "jwksUri"],
  ["publicKey", "jwksUri"],
  ["publicKey", "secret"],
  ["publicKey", "issuerBaseURL"],
];

function refuseContradictions(options: AuthOptions): void {
  const { mcd, issuerBaseURL, issuer, jwksUri, secret, publicKey } = options;
  const hasIssuer = mcd || issuerBaseURL || (issuer && (jwksUri || secret || publicKey));
  if (!hasIssuer) {
    fail("You must provide 'mcd', 'issuerBaseURL', or both 'issuer' and ('jwksUri', 'secret', or 'publicKey')");
  }
  for (const [one, other] of exclusive) {
    if (options[one] && options[other]) fail(`You must not provide both '${one}' and '${other}'`);
  }
}

function refuseAlgorithm({ secret, publicKey, tokenSigningAlg }: AuthOptions): void {
  const isSymmetric = tokenSigningAlg !== undefined && symmetric.includes(tokenSigningAlg);
  if (secret && !isSymmetric) fail(`A 'secret' needs a 'tokenSigningAlg' of ${symmetric.join(", ")}`);
  if (!secret && isSymmetric) fail(`The 'tokenSigningAlg' "${tokenSigningAlg}" needs a 'secret'`);
  if (typeof publicKey === "string" && !tokenSigningAlg) fail("A PEM 'publicKey' needs a 'tokenSigningAlg'");
}

function requireDpopMode(dpop: AuthOptions["dpop"]): DpopMode {
  if (dpop === undefined) return "allowed";
  requireSwitches("dpop", dpop);
  for (const name of ["iatOffset", "iatLeeway"] as const) {
    const value = dpop[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      fail(`'dpop.${name}' must be a number of seconds`);
  }
  if (dpop.enabled === false && dpop.required) fail("'dpop.required' needs 'dpop.enabled'");
  if (dpop.enabled === false) return "off";
  return dpop.required ? "required" : "allowed";
}

/** `getCertificate` enables it, unless it is switched off. */
function requireMtlsMode({ mtls, getCertificate }: AuthOptions): "off" | "allowed" | "required" {
  if (mtls !== undefined) requireSwitches("mtls", mtls);
  const isEnabled = mtls?.enabled ?? getCertificate !== undefined;
  if (mtls?.required && !isEnabled) fail("'mtls.required' needs 'mtls.enabled'");
  if (!isEnabled) return "off";
  return mtls?.required ? "required" : "allowed";
}

function requireSwitches(name: string, value: { enabled?: unknown; required?: unknown }): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(`'${name}' must be an object`);
  for (const member of ["enabled", "required"] as const) {
    const given = value[member];
    if (given !== undefined && typeof given !== "boolean") fail(`'${name}.${member}' must be true or false`);
  }
}

function fail(message: string): never {
  throw new AssertionError({ message });
}
