// Actors: who acts on the user's behalf (RFC 8693 §4.1).
import { AuthError } from "../errors.js";
import { checkActorForm, readActs } from "../token/actor.js";
import { type JsonObject, member } from "../token/json.js";
import type { ActorRequirement, ActorTerms, Grants } from "./requirement.js";
import { requireCount, requireRequirement } from "./validate.js";

/**
 * The token's current actor must be this one: `actor({ subject: "orders-api" })`. All names given
 * must be equal. Subjects are unique within an issuer only, so without `issuer` the actor must be
 * of the token's own. Actors before the current one do not count (RFC 8693 §4.1). Refuses with
 * `actor_mismatch` (403 `insufficient_scope`).
 *
 * Users themselves, or one API on their behalf: `any(not(anyActor()), actor({ subject: "orders-api"
 * }))`.
 */
export function actor(...given: readonly [terms: ActorTerms]): ActorRequirement {
  requireCount("actor", given, 1);
  const [who] = given;
  return requireRequirement({ type: "actor", who });
}

/**
 * The token must name any actor. `not(anyActor())` takes only tokens with which the user, or a
 * machine, acts itself. Refuses with `actor_mismatch` (403).
 */
export function anyActor(...given: readonly []): ActorRequirement {
  requireCount("anyActor", given, 0);
  return requireRequirement({ type: "actor", who: "any" });
}

export function checkActor({ who }: ActorRequirement, { tokenClaims }: Grants): AuthError | undefined {
  const malformed = checkActorForm(tokenClaims);
  if (malformed) return malformed;
  const [act] = readActs(tokenClaims);
  if (act && (who === "any" || isActor(act, who, tokenClaims))) return undefined;
  return new AuthError("actor_mismatch", { details: { name: "act", expected: who, actual: act } });
}

function isActor(act: JsonObject, { subject, clientId, issuer }: ActorTerms, claims: JsonObject): boolean {
  const own = member(claims, "iss");
  return (
    (subject === undefined || member(act, "sub") === subject) &&
    (clientId === undefined || member(act, "client_id") === clientId) &&
    (member(act, "iss") ?? own) === (issuer ?? own)
  );
}
