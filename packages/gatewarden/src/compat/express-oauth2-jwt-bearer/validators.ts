// Checks beyond Gatewarden's own, of a token that it accepted: the options `validators`, `strict`,
// `maxTokenAge` and `clockTolerance`.
import { ConfigError } from "../../index.js";
import { InvalidTokenError } from "./bearer-errors.js";
import type { AuthOptions, AuthResult, FunctionValidator, JWTPayload, Validator } from "./option-types.js";

type Terms = Pick<AuthOptions, "validators" | "strict" | "maxTokenAge" | "clockTolerance">;

/** Rejects with `InvalidTokenError`. */
export type TokenCheck = (result: AuthResult) => Promise<void>;

/**
 * What may not be switched off: without it a token for another API, of another issuer or without
 * an end would be accepted (RFC 8725 §3.8, §3.9, RFC 9068 §4).
 */
const indispensable: readonly (readonly [name: string, instead: string])[] = [
  ["iss", 'issuer: "https://acme.eu.auth0.com/"'],
  ["aud", 'audience: ["https://api.acme.com", "https://other.acme.com"]'],
  ["exp", "clockTolerance: 5"],
];

/** Throws `ConfigError` for a validator that would switch off an indispensable check. */
export function requireValidators(validators: AuthOptions["validators"] = {}): void {
  for (const [name, example] of indispensable) {
    if (validators[name] !== false) continue;
    throw new ConfigError({ option: `validators.${name}`, problem: "is false, which would accept any token", example });
  }
}

/** Creates the check. `now` is in seconds since 1970. */
export function createTokenCheck(terms: Terms, now: () => number): TokenCheck {
  const { validators = {}, strict = false, maxTokenAge, clockTolerance = 5 } = terms;
  const checks: Record<string, Validator> = {
    ...(strict ? strictValidators : {}),
    ...toTimes({ maxTokenAge, clockTolerance, now }),
    ...withoutAbsent(validators),
  };
  const entries = Object.entries(checks);
  return async (result) => {
    refuseOutOfTime(result.payload, now(), clockTolerance);
    for (const [name, validator] of entries) {
      const isAccepted = validator === false || (await accepts(validator, name, result));
      if (!isAccepted) throw new InvalidTokenError(`Unexpected '${name}' value`);
    }
  };
}

/** What a function throws means no: its text may quote the token (CWE-209). */
async function accepts(validator: Validator, name: string, { payload, header }: AuthResult): Promise<boolean> {
  const holder: Readonly<Record<string, unknown>> = name === "alg" || name === "typ" ? header : payload;
  const value = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (typeof validator !== "function") return value === validator;
  try {
    return Boolean(await validator(value, payload, header));
  } catch {
    return false;
  }
}

/**
 * The times of the token, within its own tolerance: that of proofs, which the guard has, may be
 * larger (RFC 7519 §4.1.4-6).
 */
function refuseOutOfTime({ exp, nbf, iat }: JWTPayload, now: number, tolerance: number): void {
  if (exp !== undefined && exp + tolerance <= now) throw new InvalidTokenError('"exp" claim timestamp check failed');
  if (isLater(nbf, now + tolerance)) throw new InvalidTokenError('"nbf" claim timestamp check failed');
  if (isLater(iat, now + tolerance)) throw new InvalidTokenError("Unexpected 'iat' value");
}

/** The guard has checked that it is a number, or absent: null counts as absent. */
function isLater(date: number | null | undefined, limit: number): boolean {
  return date !== undefined && date !== null && date > limit;
}

const isText: FunctionValidator = (value) => typeof value === "string";

/** The type and the claims of an access token (RFC 9068 §2.1, §2.2). */
const strictValidators: Readonly<Record<string, Validator>> = {
  typ: (typ) => typeof typ === "string" && /^(?:application\/)?at\+jwt$/i.test(typ),
  iat: (iat) => typeof iat === "number",
  sub: isText,
  client_id: isText,
  jti: isText,
};

function toTimes({ maxTokenAge, clockTolerance, now }: TimeTerms): Record<string, Validator> {
  if (!maxTokenAge) return {};
  const isRecent: FunctionValidator = (iat) => typeof iat === "number" && iat > now() - clockTolerance - maxTokenAge;
  return { iat: isRecent };
}

interface TimeTerms {
  readonly maxTokenAge: number | undefined;
  readonly clockTolerance: number;
  readonly now: () => number;
}

function withoutAbsent(validators: Readonly<Record<string, Validator>>): Record<string, Validator> {
  return Object.fromEntries(Object.entries(validators).filter(([, one]) => one !== undefined));
}
