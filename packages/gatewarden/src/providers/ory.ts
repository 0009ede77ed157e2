// Ory (Network, or Hydra of your own): JWT access tokens.
import type { IssuerOptions } from "../configuration/options.js";
import {
  type Arguments,
  audience,
  baseUrl,
  optional,
  requireArguments,
  requireAtMostOne,
  requireOneOf,
  text,
} from "./_arguments.js";

/** An Ory project, or a Hydra server. */
export interface OryArguments {
  /** The project's slug at Ory Network. */
  readonly project?: string;
  /**
   * The issuer as the server writes it, trailing slash included: a custom domain, or Hydra's
   * `urls.self.issuer`.
   */
  readonly issuer?: string;
  /** An entry of the client's `audience` list, which it requests as `audience`. */
  readonly audience: string | readonly string[];
}

const known: Arguments<OryArguments> = {
  project: optional(text(/^[a-z\d][a-z\d-]*$/, "the project's slug", '"happy-cat-1a2b3c"')),
  issuer: optional(baseUrl('"https://auth.acme.com"')),
  audience,
};

/**
 * The issuer options of an Ory project. Scopes are read from `scp`, as a list. Throws
 * `ConfigError`.
 */
export function ory(given: OryArguments): IssuerOptions {
  requireArguments("ory", given, known);
  requireOneOf("ory", given, ["project", "issuer"], known);
  requireAtMostOne("ory", given, ["project", "issuer"]);
  const { project, issuer = `https://${project}.projects.oryapis.com`, audience } = given;
  return { issuer, audience, claimNames: { scope: "scp" }, claimFormats: { scope: "list" } };
}
