// Kubernetes: tokens of service accounts, projected into pods for their own audience.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, optional, requireArguments } from "./_arguments.js";

/** A cluster. */
export interface KubernetesArguments {
  /** The `audience` of the projected volumes from which callers get their tokens. */
  readonly audience: string | readonly string[];
  /**
   * The cluster's issuer (`--service-account-issuer`). Default
   * `https://kubernetes.default.svc.cluster.local`.
   */
  readonly issuer?: string;
  /**
   * The API server that provides the keys. Default `https://kubernetes.default.svc` if no issuer is
   * given. Give the guard `createClusterFetch()` as `fetch`, since the server has a certificate of
   * the cluster's own authority.
   */
  readonly apiServer?: string;
}

const known: Arguments<KubernetesArguments> = {
  audience: { ...audience, example: '"orders"' },
  issuer: optional(baseUrl('"https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"')),
  apiServer: optional(baseUrl('"https://kubernetes.default.svc"')),
};

const ownIssuer = "https://kubernetes.default.svc.cluster.local";

/**
 * The issuer options of a cluster's service accounts. They grant nothing; the namespace is the
 * organization. Throws `ConfigError`.
 */
export function kubernetes(given: KubernetesArguments): IssuerOptions {
  requireArguments("kubernetes", given, known);
  const { audience, issuer = ownIssuer } = given;
  // A cluster's metadata names the server's address among the nodes, which its certificate may not
  // cover.
  const apiServer = given.apiServer ?? (issuer === ownIssuer ? "https://kubernetes.default.svc" : undefined);
  return {
    issuer,
    audience,
    ...(apiServer !== undefined && { keys: { jwksUri: `${apiServer.replace(/\/$/, "")}/openid/v1/jwks` } }),
    claimNames: { organization: ["kubernetes.io", "namespace"] },
  };
}
