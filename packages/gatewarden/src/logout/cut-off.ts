// The operator's cut-off: ends access at once where no provider reports a logout.
import type { Auth } from "../auth.js";
import { readJsonBody, readMediaType } from "../endpoint/body.js";
import {
  type Endpoint,
  type EndpointAnswer,
  type EndpointRequest,
  toEmptyAnswer,
  toJsonAnswer,
  toMethodAnswer,
} from "../endpoint/endpoint.js";
import { AuthError, ConfigError } from "../errors.js";
import { notify } from "../events/notify.js";
import { requireOptionNames, requireRevoker, requireTokenLifetime } from "../events/options.js";
import { isNonEmptyText, readTolerance } from "../events/signed-event.js";
import type { Guard } from "../guard.js";
import { findClock } from "../platform/guard-clock.js";
import { isPreflight } from "../request/credentials.js";
import { check } from "../requirements/check.js";
import { all } from "../requirements/combine.js";
import type { Requirement } from "../requirements/requirement.js";
import { requireRequirement } from "../requirements/validate.js";
import type { Revoker } from "../revocation/revocation.js";
import { type JsonObject, member } from "../token/json.js";
import { type CutOffRequest, type CutOffTarget, readCutOff, toCutOffRevocation } from "./cut-off-request.js";
import { createOperatorBudget } from "./operator-budget.js";

export type { CutOffTarget } from "./cut-off-request.js";

/** Options of `createCutOffEndpoint`. */
export interface CutOffOptions {
  /**
   * What an operator's token must grant, such as `permission("revoke:tokens")`. Required: a cut-off
   * for every valid token would let each user log all others out.
   */
  readonly requirement: Requirement;
  /** Where revocations go: the same object as the guard's option `revocation`. */
  readonly revocations: Revoker;
  /**
   * Hears of every request that came with an operator's token: who asked for what, when, and what
   * became of it. Required, since a cut-off that leaves no trace could not be explained later. An
   * audit that fails does not stop a cut-off: a warning is printed.
   */
  readonly audit: (entry: CutOffEntry) => unknown;
  /** Seconds that an access token is valid at most. Default 86,400. */
  readonly tokenLifetime?: number;
  /** How many requests one operator may send per minute. Default 30. */
  readonly perMinute?: number;
}

/** One entry of the audit. Contains no token. */
export interface CutOffEntry {
  /** Seconds since 1970. */
  readonly at: number;
  /**
   * `done`: stored. `refused`: the operator may not, or the body was wrong. `limited`: too many
   * requests. `failed`: not stored.
   */
  readonly outcome: "done" | "refused" | "limited" | "failed";
  /** The operator, from the verified token. Undefined where the token was refused. */
  readonly operator:
    | { readonly issuer: string; readonly subject: string | undefined; readonly clientId: string | undefined }
    | undefined;
  /** Undefined where the body was not read, or was wrong. */
  readonly target: CutOffTarget | undefined;
  /** Why, in the operator's words. */
  readonly reason: string | undefined;
  /** Why it was refused or failed. */
  readonly error: AuthError | undefined;
}

const optionNames = ["requirement", "revocations", "audit", "tokenLifetime", "perMinute"];
const maxBodySize = 8192;

/**
 * An endpoint with which an operator ends access at once: `POST` with JSON, `{ "sub":
 * "auth0|alice", "reason": "stolen laptop" }`. Instead of `sub`: `sid`, `jti`, `client`,
 * `wholeIssuer: true` or `everything: true`; beside it `issuer`, where the guard has several. All
 * but `sid` and `jti` end what was issued up to now, the clock tolerance included, so the
 * operator's own token may be among it. Needs a token of the guard that meets `requirement`.
 * Answers 200 with `{ issuedBefore }`, 400 for a wrong body, 401 and 403 as the guard does, 429
 * beyond `perMinute`, 503 if the revocation was not stored. Throws `ConfigError`.
 */
export function createCutOffEndpoint(guard: Guard<unknown>, options: CutOffOptions): Endpoint {
  const handler = new CutOffHandler(guard, options);
  return { handle: (request) => handler.handle(request) };
}

class CutOffHandler {
  readonly #guard: Guard<unknown>;
  readonly #options: CutOffOptions;
  readonly #lifetime: number;
  readonly #now: () => number;
  readonly #budget;
  readonly #refused;

  constructor(guard: Guard<unknown>, options: CutOffOptions) {
    requireOptionNames("createCutOffEndpoint", options, optionNames);
    requireRequirement(options.requirement);
    requireRevoker(options.revocations);
    requireAudit(options.audit);
    this.#guard = guard;
    this.#options = options;
    this.#lifetime = requireTokenLifetime(options.tokenLifetime);
    this.#now = findClock(guard) ?? (() => Date.now() / 1000);
    const perMinute = requirePerMinute(options.perMinute);
    this.#budget = createOperatorBudget(perMinute, this.#now);
    this.#refused = createOperatorBudget(perMinute, this.#now);
  }

  async handle(request: EndpointRequest): Promise<EndpointAnswer> {
    const { guardRequest } = request;
    if (isPreflight(guardRequest)) return toEmptyAnswer(204);
    if (guardRequest.method !== "POST") return toMethodAnswer();
    const seen: Seen = { claims: undefined };
    const outcome = await this.#guard.attempt(guardRequest, all(toWitness(seen), this.#options.requirement));
    // Without an operator's token nothing is read of the body.
    if (outcome instanceof AuthError || outcome === undefined) {
      return this.#refuse(seen, outcome ?? new AuthError("credentials_missing"));
    }
    return this.#serve(request, outcome);
  }

  /** Strangers without a valid token are not in the audit, which they could otherwise flood. */
  #refuse({ claims }: Seen, error: AuthError): EndpointAnswer {
    if (claims !== undefined) {
      const operator = toClaimant(claims);
      // A budget of its own: users who may not must not push out those who may.
      const isWritten = this.#refused.take(JSON.stringify(operator ?? null)) === 0;
      if (isWritten) this.#write({ outcome: error.status >= 500 ? "failed" : "refused", operator, error });
    }
    const { status, headers, body } = this.#guard.refusal(error);
    return toJsonAnswer(status, { ...body }, headers);
  }

  async #serve({ guardRequest, readBody }: EndpointRequest, auth: Auth<unknown>): Promise<EndpointAnswer> {
    const operator = toOperator(auth);
    const wait = this.#budget.take(JSON.stringify(operator));
    if (wait > 0) {
      this.#write({ outcome: "limited", operator });
      return toWrong(429, "Too many requests of this operator", { "retry-after": String(Math.ceil(wait)) });
    }
    const read = await this.#read(guardRequest.headers, readBody);
    if (typeof read === "string") {
      this.#write({ outcome: "refused", operator });
      return toWrong(400, read);
    }
    return this.#cutOff(read, operator);
  }

  async #read(
    headers: EndpointRequest["guardRequest"]["headers"],
    readBody: EndpointRequest["readBody"],
  ): Promise<CutOffRequest | string> {
    // No form or text of a page in a browser, which it may send anywhere without asking (CWE-352).
    if (readMediaType(headers) !== "application/json") return "The body must be application/json";
    const body = readJsonBody(await readBody(maxBodySize));
    return body === undefined ? "The body must be one JSON object" : readCutOff(body, this.#guard.issuers);
  }

  async #cutOff({ target, reason }: CutOffRequest, operator: CutOffEntry["operator"]): Promise<EndpointAnswer> {
    const now = this.#now();
    // An issuer's clock may be ahead: its tokens of this moment carry a later `iat`.
    const issuedBefore = Math.ceil(now + readTolerance(this.#guard));
    try {
      await this.#options.revocations.revoke(toCutOffRevocation(target, issuedBefore, issuedBefore + this.#lifetime));
    } catch (cause) {
      const error = new AuthError("revocation_unavailable", { cause, retryAfter: 1 });
      this.#write({ outcome: "failed", operator, target, reason, error });
      return toWrong(503, "The cut-off was not stored", { "retry-after": "1" }, "temporarily_unavailable");
    }
    this.#write({ outcome: "done", operator, target, reason });
    return toJsonAnswer(200, "sid" in target || "jti" in target ? {} : { issuedBefore });
  }

  #write(entry: Partial<CutOffEntry> & Pick<CutOffEntry, "outcome">): void {
    const nothing = { operator: undefined, target: undefined, reason: undefined, error: undefined };
    notify<CutOffEntry>("audit", this.#options.audit, { at: this.#now(), ...nothing, ...entry });
  }
}

/** The claims of a valid token whose requirement is evaluated. */
interface Seen {
  claims: JsonObject | undefined;
}

/**
 * Sees whose token it is even where the requirement refuses it. To ask the guard once more would
 * not do: a proof of possession is good for one request (RFC 9449 §11.1).
 */
function toWitness(seen: Seen): Requirement {
  return check<JsonObject>("operator", (claims) => {
    seen.claims = claims;
    return true;
  });
}

/** Who asked in vain. Undefined where a schema of the guard leaves out the issuer. */
function toClaimant(claims: JsonObject): CutOffEntry["operator"] {
  const [issuer, subject, client, azp] = ["iss", "sub", "client_id", "azp"].map((name) => {
    const value = member(claims, name);
    return isNonEmptyText(value) ? value : undefined;
  });
  return issuer === undefined ? undefined : { issuer, subject, clientId: client ?? azp };
}

/** Who asks, from the verified token. */
function toOperator({ issuer, subject, clientId }: Auth<unknown>): NonNullable<CutOffEntry["operator"]> {
  return { issuer, subject, clientId };
}

function toWrong(
  status: number,
  description: string,
  headers: EndpointAnswer["headers"] = {},
  error = "invalid_request",
): EndpointAnswer {
  return toJsonAnswer(status, { error, error_description: description }, headers);
}

function requireAudit(audit: unknown): void {
  if (typeof audit === "function") return;
  const example = "audit: (entry) => log.warn(entry)";
  throw new ConfigError({ option: "audit", problem: "must be a function", example });
}

function requirePerMinute(perMinute = 30): number {
  if (Number.isInteger(perMinute) && perMinute >= 1 && perMinute <= 6000) return perMinute;
  const problem = "must be a whole number from 1 to 6000";
  throw new ConfigError({ option: "perMinute", problem, example: "perMinute: 30" });
}
