// The options `audience` and `clientId`: the API that tokens must be for, and the clients that they
// may be issued to. At least one is required; both are compared exactly.
import { ConfigError } from "../errors.js";
import { isPlaceholder } from "./environment-variables.js";
import { toOptionError } from "./option-table.js";

interface AudienceTerms {
  readonly clientIds: readonly string[] | undefined;
  readonly tokenType: "any" | "at+jwt";
}

/**
 * The audiences. The list is empty only where `audience: false` is written out and `clientId`
 * replaces it: otherwise every token of the issuer would be accepted. Throws `ConfigError`.
 */
export function requireAudiences(
  audience: string | readonly string[] | false,
  { clientIds, tokenType }: AudienceTerms,
): readonly string[] {
  if (audience !== false) return requireNames("audience", audience);
  const fail = (problem: string, example: string) => new ConfigError({ option: "audience", problem, example });
  if (clientIds === undefined) {
    const problem = "is false, and there is no clientId to check instead: every token of the issuer would be accepted";
    throw fail(problem, 'audience: false, clientId: "1example23456789"');
  }
  if (tokenType === "any") return [];
  throw fail(
    'is false beside tokenType "at+jwt", which demands one (RFC 9068 §4)',
    'audience: false, tokenType: "any"',
  );
}

/** The accepted clients; undefined for any client of the issuer. Throws `ConfigError`. */
export function requireClientIds(clientId: string | readonly string[] | undefined): readonly string[] | undefined {
  return clientId === undefined ? undefined : requireNames("clientId", clientId);
}

/** One name or several, to be compared exactly. */
function requireNames(option: string, names: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(names) ? names : [names];
  const fail = (problem: string) => toOptionError(option, problem);
  if (list.length === 0) throw fail("is an empty list");
  return list.map((one) => {
    if (typeof one !== "string") throw fail(`holds ${describe(one)}, which is not text`);
    if (one.trim() === "") throw fail("is empty");
    if (isPlaceholder(one)) throw fail(`is "${one}", which is only a placeholder`);
    return one;
  });
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
