// One request on its way through the strategy: token, key, verification, the application's
// callback. Exactly one of Passport's actions is called.
import { type NodeRequest, toGuardRequest } from "../../adapters/_node.js";
import { type Auth, AuthError, ConfigError, type GuardRequest } from "../../index.js";
import { readJwt } from "../jsonwebtoken/decode.js";
import { JsonWebTokenError } from "../jsonwebtoken/errors.js";
import type { JwtOutcome, VerifyJwt } from "../jsonwebtoken/verifier.js";
import type { StrategySettings } from "./options.js";
import { UnavailableError } from "./unavailable-error.js";

/** What Passport adds to a strategy. */
interface Actions {
  success(user: unknown, info?: unknown): void;
  fail(info?: unknown): void;
  error(error: unknown): void;
}

/** Answers through one of the actions, now or later. */
export function authenticateWith(actions: Actions, settings: StrategySettings, request: unknown): void {
  new Attempt(actions, settings, request).begin();
}

class Attempt {
  readonly #actions: Actions;
  readonly #settings: StrategySettings;
  readonly #request: unknown;
  #token = "";
  #isAnswered = false;
  #isKeyFound = false;

  constructor(actions: Actions, settings: StrategySettings, request: unknown) {
    this.#actions = actions;
    this.#settings = settings;
    this.#request = request;
  }

  begin(): void {
    this.#run(() => {
      const token = this.#settings.extract(this.#request);
      if (!token) return this.#fail(new Error("No auth token"));
      if (typeof token !== "string") return this.#fail(new JsonWebTokenError("jwt must be a string"));
      this.#token = token;
      this.#settings.findVerifier(this.#request, token, (error, verify) => this.#useKey(error, verify));
    });
  }

  /** A provider may answer more than once; only its first answer counts. */
  #useKey(error: unknown, verify: VerifyJwt | undefined): void {
    if (this.#isKeyFound || this.#isAnswered) return;
    this.#isKeyFound = true;
    this.#run(() => {
      if (error) return this.#error(toUnavailable(error));
      if (verify === undefined) return this.#fail(new JsonWebTokenError("secret or public key must be provided"));
      const outcome = verify(this.#token, toPlainRequest(this.#request));
      if (!(outcome instanceof Promise)) return this.#conclude(outcome);
      outcome.then(
        (later) => this.#run(() => this.#conclude(later)),
        (thrown: unknown) => this.#error(thrown),
      );
    });
  }

  #conclude(outcome: JwtOutcome): void {
    // Not checked, so not refused either: a 401 would make clients throw good tokens away.
    if (outcome instanceof AuthError) this.#error(new UnavailableError(outcome));
    else if (outcome instanceof JsonWebTokenError) this.#fail(outcome);
    else this.#ask(outcome);
  }

  /** Lets the application's callback decide about a verified token. */
  #ask(auth: Auth): void {
    const { verify, passesRequest, isComplete } = this.#settings;
    // Each request has its own copy: callbacks of the original may change it.
    const payload = structuredClone(auth.claims);
    const given = isComplete ? { ...readJwt(this.#token), payload } : payload;
    const done = (error: unknown, user?: unknown, info?: unknown) => this.#run(() => this.#decide(error, user, info));
    const waiting = passesRequest ? verify(this.#request, given, done) : verify(given, done);
    // An async callback that throws would otherwise leave the request without an answer.
    if (waiting instanceof Promise) waiting.catch((thrown: unknown) => this.#error(thrown));
  }

  #decide(error: unknown, user: unknown, info: unknown): void {
    if (error) this.#error(error);
    else if (!user) this.#fail(info);
    else if (this.#answer()) this.#actions.success(user, info);
  }

  #fail(info: unknown): void {
    if (this.#answer()) this.#actions.fail(info);
  }

  #error(error: unknown): void {
    if (this.#answer()) this.#actions.error(error);
  }

  /** Whether the request still waits for its answer. */
  #answer(): boolean {
    if (this.#isAnswered) return false;
    this.#isAnswered = true;
    return true;
  }

  /** What is thrown after the answer belongs to what Passport called, and is passed on. */
  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (this.#isAnswered) throw error;
      this.#error(error);
    }
  }
}

/** A provider's error: keys cannot be had, unless the provider gave a status of its own. */
function toUnavailable(error: unknown): unknown {
  const isOwn = error instanceof ConfigError;
  const hasStatus = typeof error === "object" && error !== null && ("status" in error || "statusCode" in error);
  return isOwn || hasStatus ? error : new UnavailableError(new AuthError("keys_unavailable", { cause: error }));
}

/** Frameworks hand over requests of their own, of which the guard needs only the token. */
function toPlainRequest(request: unknown): GuardRequest {
  const { originalUrl } = request as { readonly originalUrl?: unknown };
  return toGuardRequest(request as NodeRequest, typeof originalUrl === "string" ? originalUrl : undefined);
}
