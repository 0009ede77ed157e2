// Describes an accepted token: its holder, its grants, and its expiry. For developers: it quotes
// claims.
import { TokenAuth } from "../auth.js";
import type { Finding } from "./finding.js";
import { quote } from "./redact.js";
import type { RefusalFacts } from "./refusal-facts.js";
import { spell, toUtc } from "./specifics/time.js";

/** Maximum number of grants that are listed. */
const mostGrants = 20;

/** The finding for an accepted token. */
export function toAccepted(facts: RefusalFacts, isAsked: boolean): Finding {
  const whether = isAsked ? ", and it grants what was asked for" : "";
  return {
    code: "accepted",
    severity: "info",
    message: [`This API accepts the token${whether}.`, ...describe(facts)].join(" "),
    fix: isAsked ? "Nothing to do." : "Nothing to do. A 403 would come from an endpoint's own requirement.",
  };
}

/** Empty if the claims are unknown or cannot be read. */
function describe({ claims, policy, now }: RefusalFacts): readonly string[] {
  if (claims === undefined || policy === undefined) return [];
  try {
    const auth = new TokenAuth({ ...policy, token: "", tokenClaims: claims, claims });
    return [
      `It is of ${describeHolder(auth)}.`,
      `It grants ${describeGrants(auth)}.`,
      ...describeEnd(auth.expiresAt, now),
    ];
  } catch {
    return [];
  }
}

function describeHolder({ isMachine, subject, clientId, actor }: TokenAuth<unknown>): string {
  if (isMachine) return `the machine ${quote(clientId ?? subject)}`;
  const user = subject === undefined ? "a user who is not named" : `the user ${quote(subject)}`;
  const holder = clientId === undefined ? user : `${user}, by the client ${quote(clientId)}`;
  return actor === undefined ? holder : `${holder}; the actor is ${quote(actor.subject ?? actor.clientId)}`;
}

function describeGrants({ permissions, scopes, roles }: TokenAuth<unknown>): string {
  const kinds = { permissions, scopes, roles };
  const parts = Object.entries(kinds).flatMap(([kind, names]) =>
    names.length === 0 ? [] : [`${kind} ${list(names)}`],
  );
  return parts.length === 0 ? "no permissions, scopes or roles" : parts.join("; ");
}

function list(names: readonly string[]): string {
  const rest = names.length - mostGrants;
  return names.slice(0, mostGrants).map(quote).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function describeEnd(expiresAt: number, now: number | undefined): readonly string[] {
  const time = toUtc(expiresAt);
  if (time === undefined || now === undefined) return [];
  return [`It is good until ${time}, in ${spell(Math.max(0, expiresAt - now))}.`];
}
