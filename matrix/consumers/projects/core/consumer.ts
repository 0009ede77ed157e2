// What an application without any framework writes. It must compile as it stands, and nothing else is installed.
import {
  type AccessTokenClaims,
  type Auth,
  AuthError,
  all,
  any,
  createGuard,
  createMemoryReplayStore,
  createRevocationList,
  createVocabulary,
  type Decision,
  type Guard,
  type GuardOptions,
  type GuardRequest,
  permission,
  type Reason,
  type Requirement,
  scope,
  stepUp,
  toOpenApiSecurity,
  toOpenApiSecurityScheme,
} from "gatewarden";
import { advice } from "gatewarden/advice";

interface Plan {
  readonly plan: "free" | "pro";
}

/** A schema by hand: any Standard Schema will do. */
const planSchema = {
  "~standard": {
    version: 1 as const,
    vendor: "mine",
    validate: (
      value: unknown,
    ): { readonly value: Plan } | { readonly issues: readonly { readonly message: string }[] } =>
      typeof value === "object" && value !== null && "plan" in value && (value.plan === "free" || value.plan === "pro")
        ? { value: { plan: value.plan } }
        : { issues: [{ message: "no plan" }] },
  },
};

const options = {
  issuer: ["https://acme.eu.auth0.com/", "https://login.acme.com/"],
  audience: "https://api.acme.com",
  resource: "https://api.acme.com",
  dpop: { mode: "allowed", nonce: true, replay: createMemoryReplayStore() },
  mtls: { mode: "off" },
  revocation: createRevocationList(),
  onDecision: (decision: Decision) => {
    if (decision.outcome === "refused") console.log(decision.error.reason);
  },
} satisfies GuardOptions;

const guard: Guard = createGuard(options);
const typed = createGuard({
  issuer: "https://acme.eu.auth0.com/",
  audience: "https://api.acme.com",
  claims: planSchema,
});
const names = createVocabulary({ permissions: ["read:admin", "write:admin"], scopes: ["profile"] });
const need: Requirement = all(names.permission("read:admin"), any(scope("a"), stepUp({ maxAge: 60 })));

export async function answer(request: GuardRequest): Promise<string> {
  const auth: Auth<AccessTokenClaims> = await guard.check(request, need);
  const plan: "free" | "pro" = (await typed.verify(auth.token)).claims.plan;
  return `${auth.subject ?? "nobody"} ${plan} ${auth.permissions.join(" ")}`;
}

export async function explain(request: GuardRequest): Promise<string> {
  const outcome = await typed.attempt(request, { requirement: permission("read:admin"), optional: true });
  if (outcome instanceof AuthError) {
    const reason: Reason = outcome.reason;
    const { status, headers, body } = guard.refusal(outcome);
    return `${status} ${Object.keys(headers).join()} ${body.error_description} ${advice[reason].fix}`;
  }
  return outcome === undefined ? "nobody" : outcome.claims.plan;
}

export const security = toOpenApiSecurity(need, "oauth2");
export const scheme = toOpenApiSecurityScheme(guard);
