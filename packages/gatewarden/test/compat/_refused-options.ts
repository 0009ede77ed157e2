// Options of jsonwebtoken and jwks-rsa that the originals take and the drop-ins refuse at start-up.
/** The name by which the error reports it → options of jsonwebtoken. */
export const verifyOptions: Readonly<Record<string, object>> = {
  ignoreExpiration: { ignoreExpiration: true },
  ignoreNotBefore: { ignoreNotBefore: true },
  clockTimestamp: { clockTimestamp: 1 },
  clockTolerance: { clockTolerance: 3600 },
  nonce: { nonce: "n" },
  allowInvalidAsymmetricKeyTypes: { allowInvalidAsymmetricKeyTypes: true },
  audience: { audience: /api/ },
  issuer: { issuer: undefined },
  subject: { subject: "" },
  algorithms: { algorithms: ["HS256", "none"] },
  maxAge: { maxAge: "2 hours" },
};

/** The nearest options that both take. */
export const soundOptions: readonly object[] = [
  { ignoreExpiration: false, ignoreNotBefore: false, allowInvalidAsymmetricKeyTypes: false },
  { clockTolerance: 300 },
  { audience: ["https://a.test", "https://b.test"], issuer: ["https://a.test/", "urn:b"] },
  { subject: "u1", jwtid: "t1", maxAge: 7200, complete: true },
  { maxAge: "2h" },
];

const uri = "https://issuer.test/jwks";

export const jwksOptions: Readonly<Record<string, object>> = {
  cacheMaxAge: { jwksUri: uri, cacheMaxAge: 1000 },
  cacheMaxAgeFallback: { jwksUri: uri, cacheMaxAgeFallback: 10 ** 12 },
  timeout: { jwksUri: uri, timeout: 10 },
  proxy: { jwksUri: uri, proxy: "http://proxy.test" },
  requestAgent: { jwksUri: uri, requestAgent: {} },
  getKeysInterceptor: { jwksUri: uri, getKeysInterceptor: async () => [] },
  handleSigningKeyError: { jwksUri: uri, handleSigningKeyError: () => undefined },
  onStaleCacheFallback: { jwksUri: uri, onStaleCacheFallback: () => undefined },
};

export const soundJwksOptions: readonly object[] = [
  { jwksUri: uri },
  { jwksUri: uri, cache: true, cacheMaxEntries: 5, cacheMaxAge: 600_000, rateLimit: true, jwksRequestsPerMinute: 5 },
  { jwksUri: uri, cache: false, timeout: 30_000, cacheMaxAgeFallback: 3_600_000 },
  { jwksUri: uri, requestHeaders: { "x-key": "1" }, fetcher: async () => ({ keys: [] }) },
];

/** Keys that the drop-ins refuse. */
export const badKeys: Readonly<Record<string, string | Buffer>> = {
  "a short secret": "secret",
  "short bytes": Buffer.from("secret"),
  "a broken public key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
};
