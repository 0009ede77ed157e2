// Tokens of Kubernetes' service accounts, as pods get them.
import { kubernetes } from "../../../src/providers/providers.js";
import { kubernetesWords } from "../../../src/providers/words/kubernetes.js";
import { ownKeys, type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://kubernetes.default.svc.cluster.local";
const eks = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE";
const pod = {
  aud: ["orders"],
  jti: "e51f1fbc-4733-4b85-a59f-ba80c0523874",
  "kubernetes.io": {
    namespace: "shop",
    pod: { name: "web-1", uid: "0d8b260e-ef0e-45fb-be8e-ff44f97722e8" },
    serviceaccount: { name: "web", uid: "e6a8680e-d103-4cce-80ea-03acbbeacf7d" },
  },
  sub: "system:serviceaccount:shop:web",
};

export const kubernetesCase: ProviderCase = {
  preset: "kubernetes",
  words: kubernetesWords,
  terms: kubernetes({ audience: "orders" }),
  issuer,
  published: { "https://kubernetes.default.svc/openid/v1/jwks": ownKeys },
  accepted: [{ what: "a service account's token", claims: pod, grants: { organization: "shop" } }],
  refused: [
    { what: "the token that every pod has", claims: { ...pod, aud: [issuer] }, reason: "audience_mismatch" },
    { what: "another cluster's token", claims: { ...pod, iss: eks }, reason: "issuer_untrusted" },
    {
      what: "a legacy token of a Secret",
      claims: {
        iss: "kubernetes/serviceaccount",
        exp: undefined,
        "kubernetes.io/serviceaccount/namespace": "shop",
        sub: "system:serviceaccount:shop:web",
      },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "the token that every pod has",
      claims: { ...pod, aud: [issuer] },
      reason: "audience_mismatch",
      fix: '`serviceAccountToken: { audience: "orders" }`',
    },
  ],
  misused: [
    [() => kubernetes({} as never), "kubernetes.audience is missing"],
    [
      () => kubernetes({ audience: "orders", issuer: "kubernetes/serviceaccount" }),
      'kubernetes.issuer is "kubernetes/serviceaccount"',
    ],
  ],
  page: {
    configure: [
      'Callers project a token for this API: a volume with `serviceAccountToken: { audience: "orders" }`.',
      "Inside the cluster, give the guard `fetch: createClusterFetch()`: it trusts the cluster's authority, and shows this pod's own token to the API server.",
      "Where the API server answers 403: bind the cluster role `system:service-account-issuer-discovery` to `system:serviceaccounts`.",
      "Clusters with a public issuer (EKS, GKE): pass it as `issuer`.",
    ],
    grants: "none; `kubernetes.io` → `namespace` → organization",
    example: 'kubernetes({ audience: "orders" })',
    imports: ["createClusterFetch"],
    options: ["fetch: createClusterFetch(),"],
    caveats: [
      'Every service account of the cluster can get such a token: require `claim("sub", "system:serviceaccount:shop:web")`, or the namespace as organization.',
      "A deleted pod's token stays good until it expires: the API server's TokenReview is not asked.",
    ],
  },
};

/** A public issuer. */
export const kubernetesPublicCase: ProviderCase = {
  ...kubernetesCase,
  terms: kubernetes({ audience: "orders", issuer: eks }),
  issuer: eks,
  published: publish(eks, `${eks}/keys`),
  accepted: [
    {
      what: "a service account's token of a cluster with a public issuer",
      claims: pod,
      grants: { organization: "shop" },
    },
  ],
  refused: [],
  explained: [],
  misused: [],
};
