// Verifies tokens with the guard that the options and the key describe. One guard per key: what one
// key signed is never accepted for another.
import { createKeyGuard } from "../../guard/key-guard.js";
import {
  type Algorithm,
  type Auth,
  AuthError,
  type Awaitable,
  ConfigError,
  createGuard,
  type Guard,
  type GuardRequest,
} from "../../index.js";
import type { JwksSource } from "../jwks-rsa/options.js";
import { checkTerms } from "./check-terms.js";
import { type JsonWebTokenError, JsonWebTokenError as Refused, toJwtError } from "./errors.js";
import { type GivenKey, requireGivenKey } from "./given-key.js";
import type { VerifyTerms } from "./verify-options.js";

/** What became of a token. An `AuthError` means that it could not be checked: never a 401. */
export type JwtOutcome = Auth | JsonWebTokenError | AuthError;

/** Verifies tokens of one kind of key. */
export type VerifyJwt = (token: unknown, request: GuardRequest) => Awaitable<JwtOutcome>;

/** A verifier over keys that are known at start-up. Throws `ConfigError`. */
export function createJwtVerifier(terms: VerifyTerms, option: string, source: unknown): VerifyJwt {
  const material = requireGivenKey(option, source);
  return toVerify(
    createNamed(option, () => createMaterialGuard(terms, material)),
    terms,
  );
}

/** A verifier over the keys of a JWKS endpoint. Throws `ConfigError`. */
export function createJwksVerifier(terms: VerifyTerms, { keys, fetch }: JwksSource): VerifyJwt {
  const { issuers, audiences, algorithms, clockTolerance } = terms;
  const because = "the endpoint's keys also sign tokens for others (RFC 8725 §3.8, §3.9)";
  if (issuers === undefined) throw toMissing("issuer", because, 'issuer: "https://acme.eu.auth0.com/"');
  if (audiences === undefined) throw toMissing("audience", because, 'audience: "https://api.acme.com"');
  const guard = createGuard({
    issuer: issuers.map((issuer) => ({ issuer, keys })),
    audience: audiences,
    ...{ ...(algorithms && { algorithms }), ...(clockTolerance !== undefined && { clockTolerance }) },
    ...{ ...(fetch && { fetch }), env: {} },
  });
  return toVerify(guard, terms);
}

/** Guards for keys that a callback finds. The least recently used are dropped first. */
const maxGuards = 100;

/** A verifier for keys that a callback returns, each of which gets its own guard. */
export function createKeyedVerifier(terms: VerifyTerms, option: string): (key: unknown) => VerifyJwt {
  const known = new Map<string, VerifyJwt>();
  return (key) => {
    const material = requireGivenKey(option, key);
    const verify =
      known.get(material.identity) ??
      toVerify(
        createNamed(option, () => createMaterialGuard(ofFamily(terms, option, material), material)),
        terms,
      );
    known.delete(material.identity);
    known.set(material.identity, verify);
    const [oldest] = known.keys();
    if (known.size > maxGuards && oldest !== undefined) known.delete(oldest);
    return verify;
  };
}

/**
 * The listed algorithms of the key's family. The callback has chosen the key by an unverified
 * token, so the key alone decides: a public key never verifies HMAC (CVE-2015-9235).
 */
function ofFamily(terms: VerifyTerms, option: string, { isSecret }: GivenKey): VerifyTerms {
  const algorithms = terms.algorithms?.filter((name) => name.startsWith("HS") === isSecret);
  if (algorithms?.length === 0) {
    const problem = `returned a ${isSecret ? "secret" : "public key"}, which none of the listed algorithms uses`;
    throw new ConfigError({ option, problem, example: `algorithms: ["${isSecret ? "HS256" : "RS256"}"]` });
  }
  return { ...terms, algorithms };
}

function createMaterialGuard(terms: VerifyTerms, { keys }: GivenKey): Guard {
  const { audiences, algorithms, clockTolerance } = terms;
  const shared = {
    ...(algorithms && { algorithms: algorithms as readonly Algorithm[] }),
    ...(clockTolerance !== undefined && { clockTolerance }),
    cache: { maxEntries: 1000 },
  };
  // `checkTerms` compares the issuer.
  return createKeyGuard({ ...shared, keys, ...(audiences && { audience: audiences }) });
}

/** Names the drop-in's own option in errors about the key. */
function createNamed(option: string, create: () => Guard): Guard {
  try {
    return create();
  } catch (cause) {
    if (!(cause instanceof ConfigError) || !cause.option.startsWith("keys.")) throw cause;
    const example = `${option}: process.env.JWT_SECRET, 32 random bytes or more`;
    throw new ConfigError({ option, problem: cause.problem, example }, { cause });
  }
}

function toMissing(option: string, because: string, example: string): ConfigError {
  return new ConfigError({ option, problem: `is required beside a JWKS endpoint: ${because}`, example });
}

/** The characters of a compact token (RFC 7515 §3.1). */
const compact = /^[\w.-]+$/;
/** Header and payload, and an empty signature (CVE-2015-9235). */
const unsigned = /^[^.]+\.[^.]+\.$/;

function toVerify(guard: Guard, terms: VerifyTerms): VerifyJwt {
  const conclude = (outcome: Auth | AuthError | undefined): JwtOutcome => {
    if (outcome === undefined) return new AuthError("check_failed");
    if (!(outcome instanceof AuthError)) return checkTerms(outcome, terms) ?? outcome;
    if (outcome.status < 500) return toJwtError(outcome, terms);
    // For error handlers, which send its `Retry-After`.
    guard.refusal(outcome);
    return outcome;
  };
  return (token, request) => {
    if (typeof token !== "string") return new Refused("jwt must be a string");
    if (!compact.test(token)) return new Refused("jwt malformed");
    if (unsigned.test(token)) return new Refused("jwt signature is required");
    const outcome = guard.attempt({ ...request, headers: { authorization: `Bearer ${token}` } });
    return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
  };
}
