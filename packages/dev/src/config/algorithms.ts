// The signature algorithms that the tenant can sign access tokens with.

/** RFC 7518 §3.1, RFC 8037 §3.1 and RFC 9864 §2.2: all that the provider enables by default. */
export const signingAlgorithms = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"] as const;

/** The signature algorithm of an API's access tokens. */
export type SigningAlgorithm = (typeof signingAlgorithms)[number];
