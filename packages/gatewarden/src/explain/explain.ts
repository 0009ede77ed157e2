// Finds everything that is wrong with a token or a request. Runs the guard's own steps, and
// continues after a refusal as far as possible. Contacts only the configured issuers: a token never
// chooses a server (RFC 8725 §3.10).
import type { AuthError } from "../errors.js";
import type { Reason } from "../reasons.js";
import type { GuardRequest } from "../request/credentials.js";
import { parsePresented } from "../request/token-from.js";
import { evaluate } from "../requirements/evaluate.js";
import type { Requirement } from "../requirements/requirement.js";
import { requireRequirement } from "../requirements/validate.js";
import { type Collector, collectAll } from "../road/collect.js";
import type { Journey } from "../road/journey.js";
import type { Road } from "../road/road.js";
import type { Step } from "../road/step.js";
import { member } from "../token/json.js";
import { describeValue } from "./describe-value.js";
import type { Finding } from "./finding.js";
import { Notes } from "./notes.js";
import { toFindings } from "./notes-to-findings.js";
import { describeHeader, readRequest, salvage } from "./presented-request.js";
import { findProvider } from "./providers.js";
import { readShape } from "./shape/shape.js";

// Loaded with this file, so that all texts are one chunk.
export { toExplanation } from "./explanation.js";

/**
 * All findings, in the order of the steps. Without an error, the first is `accepted`: the guard
 * would let the request pass. Never rejects because of what was presented. Only a malformed
 * requirement throws, which is the developer's own.
 */
export async function explainPresented(
  presented: string | GuardRequest,
  road: Road,
  requirement: Requirement | undefined,
): Promise<readonly Finding[]> {
  if (requirement !== undefined) requireRequirement(requirement);
  const { policies, now } = road.config;
  const [only, ...others] = policies.all;
  const notes = new Notes({
    issuers: policies.all.map(({ issuer }) => issuer),
    audiences: [...new Set(policies.all.flatMap(({ audiences }) => audiences))],
    provider: others.length === 0 ? findProvider(only?.issuer) : undefined,
    now: now(),
  });
  // Any failure inside becomes a finding, so that input cannot stop the explanation.
  await notes.attempt(() => new Explainer(road, notes, requirement).explain(presented));
  return toFindings(notes, requirement);
}

/** Runs the steps for what was presented, and notes what they find. */
class Explainer {
  readonly #road: Road;
  readonly #notes: Notes;
  readonly #requirement: Requirement | undefined;

  constructor(road: Road, notes: Notes, requirement: Requirement | undefined) {
    this.#road = road;
    this.#notes = notes;
    this.#requirement = requirement;
  }

  async explain(presented: string | GuardRequest): Promise<void> {
    const request = readRequest(presented);
    if (request === undefined) return this.#explainText(describeValue(presented), this.#begin("", undefined));
    this.#notes.know({ request, shape: describeHeader(request) });
    const text = await this.#notes.attempt(() => parsePresented(request, this.#road.config.tokenPlace));
    const journey = this.#begin(text ?? "", request);
    if (text !== undefined)
      await collectAll(this.#road.steps.arrival, journey, new TokenCollector(journey, this.#notes));
    this.#notes.know({ shape: undefined });
    const token = journey.token === "" ? salvage(request) : journey.token;
    if (token !== undefined) await this.#explainText(token, journey);
  }

  /** Also explains the token inside a wrapping, so that the next mistake is visible at once. */
  async #explainText(text: string, came: Journey): Promise<void> {
    if (await this.#explainToken(text, came)) return;
    const token = readShape(text)?.token;
    if (token !== undefined && token !== text) await this.#explainToken(token, came);
  }

  /** Resolves to whether the text could be parsed at all. */
  async #explainToken(token: string, { text, request, scheme }: Journey): Promise<boolean> {
    this.#notes.know({ shape: readShape(token) });
    const isIntrospected = await this.#notes.attempt(() => this.#road.isIntrospected(token));
    const journey = this.#begin(text, request);
    journey.scheme = scheme;
    journey.token = token;
    const { signed, opaque, use } = this.#road.steps;
    await collectAll(
      [...(isIntrospected ? opaque : signed), ...use],
      journey,
      new TokenCollector(journey, this.#notes),
    );
    return isIntrospected === true || journey.parsed !== undefined;
  }

  #begin(text: string, request: GuardRequest | undefined): Journey {
    return this.#road.begin({ text, request, requirement: this.#requirement });
  }
}

/** Notes what the steps find about one token, with the facts known at that time. */
class TokenCollector implements Collector<Journey> {
  readonly #journey: Journey;
  readonly #notes: Notes;
  /** Why the token's issuer is not trusted. */
  #stranger: Reason | undefined;

  constructor(journey: Journey, notes: Notes) {
    this.#journey = journey;
    this.#notes = notes;
  }

  refused(refusal: AuthError, { name }: Step<Journey>): void {
    if (name === "issuer") this.#stranger = refusal.reason;
    // For an untrusted issuer, the key only shows whether it belongs to the configured one. That
    // the signature fails is then expected.
    const isAboutForeignKey = this.#stranger !== undefined && (name === "keys" || name === "signature");
    if (isAboutForeignKey && !["key_unknown", "keys_unavailable"].includes(refusal.reason)) return;
    // The issuer step has already noted this.
    if (this.#stranger !== undefined && name === "claims" && refusal.reason === "issuer_untrusted") return;
    if (this.#isAboutNoDate(refusal)) return;
    this.#notes.add(refusal);
    if (name === "requirement") this.#addParts();
  }

  ended({ name }: Step<Journey>, isPassed: boolean): boolean {
    switch (name) {
      case "token":
        if (isPassed) this.#knowToken();
        return isPassed;
      case "issuer":
        return isPassed ? this.#knowIssuer(true) : this.#assumeIssuer();
      case "header":
        // The signature is checked if the guard would check it, or if a named key shows which
        // issuer signed the token.
        return isPassed && (this.#stranger === undefined || this.#isOfForeignKey());
      case "signature":
        // An untrusted token with a good signature is the configured issuer's after all: only its
        // name is spelt differently.
        if (isPassed && this.#stranger !== undefined) this.#notes.amend({ isSignedHere: true });
        return isPassed;
      default:
        return isPassed;
    }
  }

  /** A date that is missing, or not a number, was noted as that already. */
  #isAboutNoDate({ reason, details }: AuthError): boolean {
    if (reason !== "expired" && reason !== "not_yet_valid") return false;
    return !Number.isFinite(member(this.#journey.claims, details.name ?? ""));
  }

  #knowToken(): void {
    const { header, claims } = this.#journey;
    const provider = findProvider(member(claims, "iss"), claims) ?? this.#notes.facts.provider;
    this.#notes.know({ ...(header && { header }), claims, provider });
  }

  #knowIssuer(isTrusted: boolean): boolean {
    this.#notes.know({ policy: this.#journey.policy, isTrusted });
    return true;
  }

  /**
   * A token of an unknown issuer is checked against the only configured one, which shows what else
   * is wrong.
   */
  #assumeIssuer(): boolean {
    const { parsed, guard } = this.#journey;
    const [only, ...others] = guard.config.policies.all;
    if (parsed === undefined || only === undefined || others.length > 0) return false;
    this.#journey.policy = only;
    return this.#knowIssuer(false);
  }

  /**
   * Looks only at the configured issuer's own keys, never at those of the issuer that the token
   * names.
   */
  #isOfForeignKey(): boolean {
    return this.#stranger === "issuer_untrusted" && this.#journey.header.kid !== undefined;
  }

  /** The guard answers with one of several refused parts. Notes the others as well. */
  #addParts(): void {
    const { requirement, auth, guard } = this.#journey;
    if (requirement?.type !== "all") return;
    for (const part of requirement.of) this.#notes.add(evaluate(part, auth, guard.config));
  }
}
