// Facts about Kubernetes' service accounts.
import type { ProviderWords } from "./provider-words.js";

export const kubernetesWords: ProviderWords = {
  name: "Kubernetes",
  preset: "kubernetes",
  marks: {
    host: /^kubernetes\.default\.svc(\.cluster\.local)?$|^oidc\.eks\.[\w-]+\.amazonaws\.com$|^container\.googleapis\.com$/,
    text: /^kubernetes\/serviceaccount$/,
    claims: ["kubernetes.io", "kubernetes.io/serviceaccount/namespace"],
  },
  discoveryHint:
    "A cluster's issuer is what `kubectl get --raw /.well-known/openid-configuration` says; inside, keys are at https://kubernetes.default.svc/openid/v1/jwks.",
  fixes: {
    audience_mismatch:
      'Let the caller\'s pod project a token for this API: a volume with `serviceAccountToken: { audience: "{audience}" }`. The token that every pod has is for the API server alone.',
    claim_missing:
      'This is a token of a Secret, which never expires and names no audience. Let the pod project one: a volume with `serviceAccountToken: { audience: "{audience}" }`.',
    issuer_untrusted:
      "The issuer is what `kubectl get --raw /.well-known/openid-configuration` says: pass it as `issuer` to `kubernetes` of `gatewarden/providers`.",
    keys_unavailable:
      "The API server has a certificate of the cluster's own and asks for a token: give the guard `createClusterFetch()` of `gatewarden/providers` as `fetch`. Where it answers 403, bind the cluster role `system:service-account-issuer-discovery`.",
    permission_missing:
      'Service accounts carry no permissions: require `claim("sub", "system:serviceaccount:<namespace>:<name>")`.',
    role_missing:
      'Service accounts carry no roles: require `claim("sub", "system:serviceaccount:<namespace>:<name>")`.',
  },
  documentation: [
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
    "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/",
  ],
};
