// One call of the developer's function, with a time limit and a test whether the function can be
// trusted.

import { AuthError } from "../errors.js";
import { DependencyError } from "../monitoring/dependency.js";
import { type Awaitable, adopt, chain, rescue } from "../platform/awaitable.js";
import { issuerUnavailable } from "./failures.js";

/** The arguments of the function. */
export interface Name {
  readonly iss: string;
  readonly tenant: string | undefined;
}

/** How the function is called. */
export interface QuestionSettings<Terms> {
  readonly resolve: (iss: string, tenant: string | undefined) => Awaitable<Terms | null | undefined>;
  /** Time limit for one call, in seconds. */
  readonly timeout: number;
}

/** Not an issuer: `.invalid` never resolves (RFC 2606 §2). */
const nobody = "https://nobody.gatewarden.invalid/";

/** Calls the function, and detects one that trusts every issuer. */
export class ResolverQuestion<Terms> {
  readonly #settings: QuestionSettings<Terms>;
  #isSound: boolean | undefined;

  constructor(settings: QuestionSettings<Terms>) {
    this.#settings = settings;
  }

  /**
   * The terms, or undefined for an unknown issuer. Throws, or rejects with, `issuer_unavailable`
   * where the function fails or takes too long. A late answer is not used: a newer one may have
   * arrived meanwhile.
   */
  ask(name: Name): Awaitable<Terms | undefined> {
    if (this.#isSound === false) throw unsound();
    const terms = chain(this.#call(name), (found) => (found === undefined ? found : this.#test(name, found)));
    return terms instanceof Promise ? answerWithin(this.#settings.timeout, terms) : terms;
  }

  #call({ iss, tenant }: Name): Awaitable<Terms | undefined> {
    const call = () => chain(adopt(this.#settings.resolve(iss, tenant)), (terms) => terms ?? undefined);
    return rescue<Terms | undefined>(call, (cause) => {
      throw issuerUnavailable(cause);
    });
  }

  /**
   * A function that returns terms for any name would trust an attacker's issuer, and fetch from it
   * (CWE-918). So it is tested before its first terms are used, and again until it returns nothing
   * for a name that cannot exist.
   */
  #test({ tenant }: Name, found: Terms): Awaitable<Terms> {
    if (this.#isSound === true) return found;
    const isVouchedFor = rescue<boolean | undefined>(
      () => chain(this.#call({ iss: nobody, tenant }), (terms) => terms !== undefined),
      // A resolver that throws for unknown issuers is fine: it trusts none of them. It passes this
      // time.
      () => undefined,
    );
    return chain(isVouchedFor, (isVouched) => {
      if (isVouched !== undefined && this.#isSound !== false) this.#isSound = !isVouched;
      if (isVouched) throw unsound();
      return found;
    });
  }
}

/**
 * The answer, or a failure after the time limit: a function that hangs must not block requests
 * forever.
 */
function answerWithin<Value>(seconds: number, answer: Promise<Value>): Promise<Value> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const late = new Promise<never>((_, reject) => {
    const refuse = () =>
      reject(issuerUnavailable(new DependencyError(`The issuer resolver took more than ${seconds} s`)));
    signal.addEventListener("abort", refuse, { once: true });
  });
  return Promise.race([answer, late]);
}

function unsound(): AuthError {
  const why = `The issuer resolver trusts any issuer, even ${nobody}: look \`iss\` up in data of your own`;
  return new AuthError("check_failed", { cause: new TypeError(why) });
}
