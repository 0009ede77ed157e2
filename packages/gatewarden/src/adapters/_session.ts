// What a connection proves over time: it ends when its token does, unless a new token of the same subject arrives before.
import { type Auth, AuthError, type Guard, type Requirement, toNeedArgument } from "../index.js";
import { type NodeRequest, toLaterRequest } from "./_node.js";

/** What a session is made with. */
export interface SessionOptions<Claims> {
  readonly guard: Guard<Claims>;
  readonly requirement: Requirement | undefined;
  readonly auth: Auth<Claims> | undefined;
  /** What opened the connection: a later token is checked as if it had come with it. */
  readonly opening: NodeRequest;
  /** Called once, when the token has expired. */
  readonly onExpired: (error: AuthError) => void;
}

// setTimeout runs at once when asked to wait longer than this.
const longestWait = 2 ** 31 - 1;

/** The authentication of one connection. */
export class Session<Claims, Found extends Auth<Claims> | undefined = Auth<Claims> | undefined> {
  readonly #options: SessionOptions<Claims>;
  #auth: Auth<Claims> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions<Claims>) {
    this.#options = options;
    this.#auth = options.auth;
    this.#wait();
  }

  /** Facts from the latest verified token. Undefined while an anonymous connection has sent none. */
  get auth(): Found {
    return this.#auth as Found;
  }

  /** Goes on with a new token. What it answers says why the token was refused; the old one then counts until it expires. */
  async renew(token: unknown): Promise<AuthError | undefined> {
    const { guard, requirement, opening } = this.#options;
    const authorization = `Bearer ${typeof token === "string" ? token : ""}`;
    const need = toNeedArgument({ requirement, optional: false });
    const outcome = await guard.attempt(toLaterRequest(opening, authorization), ...need);
    if (outcome === undefined) return new AuthError("credentials_missing");
    if (outcome instanceof AuthError) return outcome;
    // What the connection was told so far was for somebody else: another subject needs another connection.
    const isSame = outcome.subject === this.#auth?.subject && outcome.issuer === this.#auth?.issuer;
    if (this.#auth && !isSame) return new AuthError("claim_mismatch", { details: { name: "sub" } });
    this.#auth = outcome;
    this.#wait();
    return undefined;
  }

  /** Stops waiting for the token to expire. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.end();
    const left = this.#left();
    if (left === undefined) return;
    // Never at once: a token may come to a connection that is not open yet when it has expired, within the clock tolerance, already.
    this.#timer = setTimeout(() => this.#turn(), Math.min(Math.max(left, 0), longestWait));
    // A connection that is still open keeps the process alive by itself.
    this.#timer.unref?.();
  }

  #turn(): void {
    if ((this.#left() ?? 0) > 0) this.#wait();
    else this.#options.onExpired(new AuthError("expired"));
  }

  /** Milliseconds until the token expires. */
  #left(): number | undefined {
    return this.#auth && this.#auth.expiresAt * 1000 - Date.now();
  }
}
