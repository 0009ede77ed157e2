// The guard of this API, and the claims that it expects beyond the registered ones.
import { createGuard, type Guard } from "gatewarden";
import { z } from "zod";
import { type Environment, readSettings } from "./settings.js";

/**
 * Custom claims carry a URL in front, as Auth0 demands; change it to the one your Action writes. All are optional: a token without
 * them is as good as any. An Auth0 access token has no plain `email`, so an Action adds it under the namespace.
 */
const apiClaims = z.object({
  email: z.string().optional(),
  "https://gatewarden.local/email": z.string().optional(),
  "https://gatewarden.local/plan": z.string().optional(),
});

/** What handlers find in `request.auth.claims`. */
export type ApiClaims = z.infer<typeof apiClaims>;

/**
 * Creates the guard from `AUTH0_DOMAIN` and `AUTH0_AUDIENCE`, or `ISSUER_BASE_URL` and `AUDIENCE`. Takes plain tokens, and such as are bound to
 * their client's key, with the proof that DPoP demands (RFC 9449). Throws `ConfigError`.
 */
export function createApiGuard(env: Environment): Guard<ApiClaims> {
  const { resourceUrl, explain } = readSettings(env);
  return createGuard({
    claims: apiClaims,
    env,
    dpop: { mode: "allowed" },
    ...(resourceUrl && { resource: resourceUrl }),
    ...(explain && { explain }),
  });
}

declare module "gatewarden/fastify" {
  interface Register {
    guard: Guard<ApiClaims>;
  }
}
