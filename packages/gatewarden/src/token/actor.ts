// `act`: who acts for the subject, and the form that the claim must have (RFC 8693 §4.1).
import { AuthError } from "../errors.js";
import { readClaim } from "./absent.js";
import { isObject, type JsonObject, readTextMember } from "./json.js";

/**
 * Who acts for the subject (RFC 8693 §4.1). Each name is as the issuer wrote it, or undefined where
 * it did not.
 */
export interface Actor {
  /** `sub` of the actor: usually the client id of an API. */
  readonly subject: string | undefined;
  /** `client_id` of the actor. */
  readonly clientId: string | undefined;
  /** `iss` of the actor. Undefined where it is of the token's own issuer. */
  readonly issuer: string | undefined;
  /** Who acted before, if the token was exchanged more than once. */
  readonly actor?: Actor;
}

/** As deep as a token's JSON may be. An introspection answer could be endless. */
const mostActors = 32;
/** What identifies an actor. Other members, such as `exp`, mean nothing within `act`. */
const identity = ["sub", "client_id", "iss"];

/**
 * The actors that `act` names: the current one, then each one before it. Reads as far as the claim
 * is well-formed.
 */
export function readActs(claims: JsonObject): readonly JsonObject[] {
  const acts: JsonObject[] = [];
  let act = readClaim(claims, "act");
  while (isObject(act) && acts.length < mostActors) {
    acts.push(act);
    act = readClaim(act, "act");
  }
  return acts;
}

/** All that `act` names: the current actor first. Empty where no actor is named. */
export function readActors(claims: JsonObject): readonly Actor[] {
  return readActs(claims).reduceRight<readonly Actor[]>(addActor, []);
}

/** Puts the actor of one level before those of the levels within. */
function addActor(within: readonly Actor[], act: JsonObject): readonly Actor[] {
  const [subject, clientId, issuer] = identity.map((name) => readTextMember(act, name));
  const [actor] = within;
  return [{ subject, clientId, issuer, ...(actor && { actor }) }, ...within];
}

/**
 * `act` is an object, what identifies the actor is text, and so it is for the actors before it (RFC
 * 8693 §4.1). A claim that cannot be read would hide that the user does not act alone.
 */
export function checkActorForm(claims: JsonObject): AuthError | undefined {
  if (readClaim(claims, "act") === undefined) return undefined;
  const acts = readActs(claims);
  if (readClaim(acts.at(-1) ?? claims, "act") !== undefined) return toActorInvalid("is not an object");
  const name = identity.find((one) => acts.some((act) => typeof (readClaim(act, one) ?? "") !== "string"));
  return name === undefined ? undefined : toActorInvalid(`has a ${name} that is not text`);
}

function toActorInvalid(problem: string): AuthError {
  return new AuthError("claim_invalid", { details: { name: "act", problem } });
}
