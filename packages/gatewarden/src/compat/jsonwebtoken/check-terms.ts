// What jsonwebtoken compares beyond the rules of the guard over a key: issuer, subject, id, age.
import { type Auth, AuthError } from "../../index.js";
import { JsonWebTokenError, TokenExpiredError, toIssuerMessage } from "./errors.js";
import type { VerifyTerms } from "./verify-options.js";

/** Default of the guard's own `clockTolerance`, in seconds. */
const usualTolerance = 5;

/** A refusal for a verified token whose claims are not the configured ones. */
export function checkTerms({ claims }: Auth, terms: VerifyTerms): JsonWebTokenError | undefined {
  const { issuers, subject, jwtid, maxAge } = terms;
  if (issuers !== undefined && !issuers.includes(claims.iss)) {
    const cause = new AuthError("issuer_untrusted", { details: { name: "iss" } });
    return new JsonWebTokenError(toIssuerMessage(issuers), { cause });
  }
  if (subject !== undefined && claims.sub !== subject)
    return new JsonWebTokenError(`jwt subject invalid. expected: ${subject}`);
  if (jwtid !== undefined && claims["jti"] !== jwtid)
    return new JsonWebTokenError(`jwt jwtid invalid. expected: ${jwtid}`);
  return maxAge === undefined ? undefined : checkAge(claims["iat"], maxAge, terms);
}

/** The token is not older than `maxAge`. It is compared with `iat`, so the wall clock decides. */
function checkAge(iat: unknown, maxAge: number, { clockTolerance }: VerifyTerms): JsonWebTokenError | undefined {
  if (typeof iat !== "number") return new JsonWebTokenError("iat required when maxAge is specified");
  const until = iat + maxAge;
  if (Date.now() / 1000 < until + (clockTolerance ?? usualTolerance)) return undefined;
  return new TokenExpiredError("maxAge exceeded", new Date(until * 1000));
}
