// GraphQL: the context of operations, and refusals as GraphQL errors.
import { GraphQLError } from "graphql";
import { AuthError, type Guard, type GuardRequest, type Outcome, type RefusalBody } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";

/** What `protectField` needs in the context. */
export interface RequestContext {
  readonly guardRequest: GuardRequest;
}

/** What `createAuthContext`, `useAuth` and `protectSocket` add to the context. */
export interface GraphqlAuthContext<Found> extends RequestContext {
  /** Facts from the verified token. Undefined if `optional` admitted an anonymous request. */
  readonly auth: Found;
}

const codes: Readonly<Record<number, string>> = {
  400: "BAD_REQUEST",
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  503: "SERVICE_UNAVAILABLE",
};

/**
 * Returns what the check found, or throws the refusal as a `GraphQLError`. If it is known which
 * headers the application exposes (`present`), the error adds ours to them.
 */
export function accept<Claims>(guard: Guard<Claims>, outcome: Outcome<Claims>, present?: unknown): Outcome<Claims> {
  if (!(outcome instanceof AuthError)) return outcome;
  const { status, headers: own } = guard.refusal(outcome);
  const headers = present === undefined ? own : { ...own, [exposedHeaders]: toExposed(present, own) };
  const list = Object.entries(headers).map(([name, value]): [string, string] => [name, [value].flat().join(", ")]);
  // Apollo Server reads headers as a map, Yoga as a record. Neither sends `http` to the client.
  const http = { status, headers: Object.assign(new Map(list), Object.fromEntries(list)) };
  throw new GraphQLError(outcome.message, {
    extensions: { code: toCode(status), reason: outcome.reason, http, ...guard.explanation(outcome) },
  });
}

/** Why a session ended: the last error that its client receives. */
export function toGraphqlError({
  status,
  body,
}: {
  readonly status: number;
  readonly body: RefusalBody;
}): GraphQLError {
  const { error_description, reason } = body;
  return new GraphQLError(error_description, { extensions: { code: toCode(status), reason } });
}

function toCode(status: number): string {
  return codes[status] ?? "INTERNAL_SERVER_ERROR";
}
