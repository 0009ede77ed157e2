// `guard.exchange`: checks again what may have changed since the token was accepted, and asks.
import { type Auth, TokenAuth } from "../auth.js";
import type { GuardConfig } from "../configuration/configure.js";
import { toOptionError } from "../configuration/option-table.js";
import { AuthError, ConfigError } from "../errors.js";
import { checkRevoked } from "../revocation/refuse-revoked.js";
import type { ExchangeTarget, OutboundToken } from "./exchange.js";

/**
 * Rejects with `ConfigError` where the guard has no `exchange`, or `auth` is not from a guard; with
 * `AuthError` where the token has expired or was revoked meanwhile, as on a socket that stays open;
 * and with what the exchange rejects with.
 */
export async function exchangeFor(
  auth: Auth<unknown>,
  target: ExchangeTarget,
  { exchange, revocation, revocationWatch, now, clockTolerance, calls }: GuardConfig,
): Promise<OutboundToken> {
  if (exchange === undefined) throw toOptionError("exchange", "is left out, so this guard cannot exchange tokens");
  // Only a guard makes these: what was not verified must not reach the next API (CWE-441).
  if (!(auth instanceof TokenAuth)) throw toForeignAuth();
  const { token, expiresAt, tokenClaims, issuer } = auth;
  if (now() >= expiresAt + clockTolerance) throw new AuthError("expired", { details: { name: "exp" } });
  const refusal = revocation && (await checkRevoked(revocation, tokenClaims, revocationWatch));
  if (refusal) {
    if (refusal.reason === "token_revoked") await exchange.forget(token);
    throw refusal;
  }
  return exchange.exchange({ token, issuer, expiresAt }, target, (call) =>
    calls.run({ kind: "exchange", issuer }, call),
  );
}

function toForeignAuth(): ConfigError {
  return new ConfigError({
    option: "guard.exchange",
    problem: "was given something else than the `auth` that a guard returned",
    example: 'guard.exchange(auth, { audience: "https://orders.acme.com" })',
  });
}
