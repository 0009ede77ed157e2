// Issuers from the developer's own data, for more tenants than a list should hold. What is found is compiled once and kept within
// a bound. A token only says which entry to look for: no part of it becomes a URL (RFC 8725 §3.8 and §3.10).
import { type Awaitable, adopt, chain } from "../awaitable.js";
import { createBoundedMap } from "../bounded-map.js";
import { AuthError } from "../errors.js";
import type { GuardRequest } from "../request/credentials.js";
import type { JsonObject } from "../token/json.js";
import { fingerprint } from "./fingerprint.js";
import { type IssuerPolicies, type IssuerPolicy, readIssuer } from "./policy.js";
import { isIssuerUrl } from "./url.js";

/** The terms on which an issuer is trusted, as the developer's function returns them. */
export interface ResolvedTerms {
  readonly issuer: string;
}

/** How issuers are resolved. Times in seconds. */
export interface ResolverSettings<Terms extends ResolvedTerms> {
  readonly resolve: (iss: string, tenant: string | undefined) => Awaitable<Terms | null | undefined>;
  /** What of a request the answer depends on: it is part of the key under which the answer is kept. */
  readonly tenant: ((request: GuardRequest) => string | undefined) | undefined;
  /** Checks the terms and makes the policy. Throws `ConfigError`. */
  readonly compile: (terms: Terms) => IssuerPolicy;
  readonly maxIssuers: number;
  /** How long an answer is used before the function is asked again. */
  readonly maxAge: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Policies found by a resolver. */
export interface ResolvedPolicies extends IssuerPolicies {
  /** How many policies are held. */
  readonly size: number;
}

interface Entry {
  readonly policy: IssuerPolicy;
  readonly terms: string;
  readonly until: number;
}

/** How long an issuer stays unknown before the function is asked again, in seconds. */
const unknownAge = 10;
const maxTenantLength = 256;
const maxPending = 256;
/** No issuer: `.invalid` never resolves (RFC 2606 §2). */
const nobody = "https://nobody.gatewarden.invalid/";

/** Makes the look-up. The function is asked once per issuer, however many requests wait for the answer. */
export function createIssuerResolver<Terms extends ResolvedTerms>(settings: ResolverSettings<Terms>): ResolvedPolicies {
  return new Resolver(settings);
}

class Resolver<Terms extends ResolvedTerms> implements ResolvedPolicies {
  readonly isFixed = false;
  readonly all = [];
  readonly #settings: ResolverSettings<Terms>;
  readonly #known;
  // Apart from the known ones, so that a flood of made-up issuers pushes no real one out.
  readonly #unknown;
  readonly #pending = new Map<string, Promise<IssuerPolicy>>();
  #isSound: Awaitable<boolean> | undefined;

  constructor(settings: ResolverSettings<Terms>) {
    this.#settings = settings;
    this.#known = createBoundedMap<Entry>(settings.maxIssuers);
    this.#unknown = createBoundedMap<{ readonly until: number }>(settings.maxIssuers);
  }

  get size(): number {
    return this.#known.size;
  }

  find(claims: JsonObject, request?: GuardRequest): Awaitable<IssuerPolicy> {
    const iss = readIssuer(claims);
    if (typeof iss !== "string" || !isIssuerUrl(iss)) throw untrusted(iss);
    const tenant = request && this.#settings.tenant?.(request);
    if (tenant !== undefined && (typeof tenant !== "string" || tenant.length > maxTenantLength)) throw untrusted(iss);
    // An issuer holds no line break, so the key says unambiguously where the tenant ends.
    const key = tenant === undefined ? iss : `${tenant}\n${iss}`;
    const now = this.#settings.now();
    const entry = this.#known.get(key);
    if (entry !== undefined && now < entry.until) return entry.policy;
    const unknown = this.#unknown.get(key);
    if (unknown !== undefined && now < unknown.until) throw untrusted(iss);
    return this.#pending.get(key) ?? this.#resolve(key, iss, tenant);
  }

  #resolve(key: string, iss: string, tenant: string | undefined): Awaitable<IssuerPolicy> {
    // Every made-up `iss` asks the developer's data once: a flood must not do so without limit (CWE-770).
    if (this.#pending.size >= maxPending) throw failed(`More than ${maxPending} issuers are being resolved at once`);
    const ask = () => chain(this.#ask(iss, tenant), (terms) => this.#keep(key, iss, terms));
    const policy = chain(this.#test(tenant), ask);
    if (!(policy instanceof Promise)) return policy;
    const pending = policy.finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending;
  }

  #ask(iss: string, tenant: string | undefined): Awaitable<Terms | null | undefined> {
    return adopt(this.#settings.resolve(iss, tenant));
  }

  /** A function that vouches for whatever name it is given would let everybody's own issuer in, and fetch from it (CWE-918). */
  #test(tenant: string | undefined): Awaitable<void> {
    this.#isSound ??= this.#judge(tenant);
    return chain(this.#isSound, (isSound) => {
      if (isSound) return;
      throw failed(`The issuer resolver trusts any issuer, even ${nobody}: look \`iss\` up in data of your own`);
    });
  }

  /** One that throws at a name which it does not know vouches for nothing, and is sound. */
  #judge(tenant: string | undefined): Awaitable<boolean> {
    try {
      const isSound = chain(this.#ask(nobody, tenant), (terms) => terms === undefined || terms === null);
      return isSound instanceof Promise ? isSound.catch(() => true) : isSound;
    } catch {
      return true;
    }
  }

  #keep(key: string, iss: string, terms: Terms | null | undefined): IssuerPolicy {
    const now = this.#settings.now();
    if (terms === undefined || terms === null) {
      this.#known.delete(key);
      this.#unknown.set(key, { until: now + unknownAge });
      throw untrusted(iss);
    }
    // The terms must be this very issuer's, else one tenant's keys would serve another (RFC 9068 §4; CVE-2025-59936).
    if (terms.issuer !== iss)
      throw failed("The issuer resolver returned the terms of another issuer than it was asked for");
    const entry = { terms: fingerprint(terms), until: now + this.#settings.maxAge };
    const known = this.#known.get(key);
    // Unchanged terms keep their policy, so that looking again costs no fetch of keys.
    const policy = known?.terms === entry.terms ? known.policy : this.#settings.compile(terms);
    this.#known.set(key, { ...entry, policy });
    return policy;
  }
}

function untrusted(actual: unknown): AuthError {
  return new AuthError("issuer_untrusted", { details: { name: "iss", actual } });
}

function failed(why: string): AuthError {
  return new AuthError("check_failed", { cause: new TypeError(why) });
}
