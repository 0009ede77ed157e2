// Where in a token a finding belongs: its part, and there the member. The terminal, the site's
// page that explains tokens and the console of the local tenant all ask here. Imports nothing, so
// that pages can be built from it.

/** A part of a signed token (RFC 7515 §3.1). */
export type TokenPart = "header" | "payload" | "signature";

/** What is known of a finding. */
export interface PlacedFinding {
  readonly code: string;
  /** The member that it is about. */
  readonly name?: string;
  readonly actual?: unknown;
}

type PartMembers = Readonly<Record<string, unknown>>;

/** The decoded parts. */
export interface TokenMembers {
  readonly header: PartMembers;
  readonly payload: PartMembers;
}

export interface FindingPlace {
  readonly part: TokenPart;
  /** Undefined: the finding is about the whole part. */
  readonly name: string | undefined;
  /** The token has no such member, and that is what the finding is about. */
  readonly isMissing: boolean;
}

interface UsualPlace {
  /** Where the member may be: the first part that has it counts. */
  readonly parts: readonly (keyof TokenMembers)[];
  /** The names that it may have: the first that is there counts. */
  readonly names: readonly string[];
}

const header = (...names: string[]): UsualPlace => ({ parts: ["header"], names });
const payload = (...names: string[]): UsualPlace => ({ parts: ["payload"], names });

/** Findings about the request, the proof or a server have no place in the token. */
const usualPlaces: ReadonlyMap<string, UsualPlace> = new Map(
  Object.entries<UsualPlace>({
    algorithm_none: header("alg"),
    algorithm_not_allowed: header("alg"),
    critical_header_unsupported: header("crit"),
    // Some providers say in the claims what others say in the header: Keycloak in `typ`.
    type_not_allowed: { parts: ["header", "payload"], names: ["typ"] },
    logout_token: { parts: ["payload", "header"], names: ["events", "typ"] },
    key_unknown: header("kid"),
    key_ambiguous: header("kid"),
    key_unsuitable: header("kid"),
    // The finding names the claim.
    claim_missing: payload(),
    claim_invalid: payload(),
    claim_mismatch: payload(),
    claims_rejected: payload(),
    id_token: payload(),
    issuer_untrusted: payload("iss"),
    provider: payload("iss"),
    expired: payload("exp"),
    not_yet_valid: payload("nbf"),
    issued_in_future: payload("iat"),
    token_too_old: payload("iat"),
    clock_drift: payload("iat"),
    audience_mismatch: payload("aud"),
    client_mismatch: payload("client_id", "azp", "appid", "cid"),
    permission_missing: payload("permissions", "scope"),
    scope_missing: payload("scope", "scp"),
    role_missing: payload("roles"),
    organization_mismatch: payload("org_id", "organization"),
    actor_mismatch: payload("act"),
    details_missing: payload("authorization_details"),
    authentication_too_weak: payload("acr"),
    authentication_too_old: payload("auth_time"),
    binding_missing: payload("cnf"),
    binding_unproven: payload("cnf"),
    dpop_key_mismatch: payload("cnf"),
    dpop_token_unbound: payload("cnf"),
    certificate_mismatch: payload("cnf"),
  }),
);

/** The place of a finding. Undefined if it is elsewhere than in the token. Never throws. */
export function findFindingPlace(finding: PlacedFinding, token: TokenMembers): FindingPlace | undefined {
  if (finding.code === "signature_invalid") return { part: "signature", name: undefined, isMissing: false };
  const usual = usualPlaces.get(finding.code);
  if (usual === undefined) return undefined;
  const named = finding.name;
  const found = usual.parts.flatMap((part) => {
    const name = findMember(token[part], named, usual.names);
    return name === undefined ? [] : [{ part, name, isMissing: false }];
  });
  const isActual = ({ name, part }: (typeof found)[number]) => token[part][name] === finding.actual;
  const place = found.find(isActual) ?? found[0];
  if (place !== undefined) return place;
  const name = named === undefined ? usual.names[0] : toFirstName(named);
  return { part: usual.parts[0] ?? "payload", name, isMissing: name !== undefined };
}

/** The longest of the names that the text begins with: a name may contain spaces and dots. */
function findMember(members: PartMembers, named: string | undefined, usual: readonly string[]): string | undefined {
  if (named === undefined) return usual.find((name) => Object.hasOwn(members, name));
  const begins = (name: string) => named.startsWith(name) && /^(?:$|[\s,.])/.test(named.slice(name.length));
  return Object.keys(members)
    .filter(begins)
    .sort((one, other) => other.length - one.length)[0];
}

function toFirstName(named: string): string | undefined {
  return /^[^\s,]+/.exec(named)?.[0];
}
