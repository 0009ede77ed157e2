// Every reason of the catalogue is either caused by a broken request of the testing kit, on the real road, or listed with why not.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import {
  AuthError,
  any,
  anyActor,
  type BindingReason,
  catalogue,
  check,
  claim,
  createGuard,
  details,
  type GuardOptions,
  type GuardRequest,
  organization,
  permission,
  type Reason,
  type Requirement,
  role,
  scope,
  stepUp,
} from "../../src/index.js";
import {
  type BrokenProofReason,
  type BrokenTokenReason,
  createTestIssuer,
  type FaultElsewhere,
} from "../../src/testing/test-issuer.js";

const issuer = createTestIssuer();
const client = issuer.dpopClient();
const url = "https://api.test/orders";
const target = { method: "GET", url };

/** What the guard or the endpoint must demand before the reason can come up at all. */
interface Setting {
  readonly options?: GuardOptions;
  readonly requirement?: Requirement;
  /** The client certificate of the connection. */
  readonly certificate?: Uint8Array;
}

const mtls: GuardOptions = { mtls: { mode: "allowed" } };

const settings: Partial<Record<Reason, Setting>> = {
  token_inactive: { options: { introspection: issuer.introspect } },
  client_mismatch: { options: { clientId: "test-client" } },
  token_too_old: { options: { maxTokenAge: 3600 } },
  permission_missing: { requirement: permission("read:orders") },
  scope_missing: { requirement: scope("orders") },
  role_missing: { requirement: role("admin") },
  claim_mismatch: { requirement: claim("plan", "pro") },
  organization_mismatch: { requirement: organization("org_acme") },
  actor_mismatch: { requirement: anyActor() },
  details_missing: { requirement: details("payment") },
  condition_not_met: { requirement: check("paid", ({ plan }) => plan === "pro") },
  requirement_not_met: { requirement: any(permission("read:orders"), scope("orders")) },
  authentication_too_weak: { requirement: stepUp({ acrValues: ["mfa"] }) },
  authentication_too_old: { requirement: stepUp({ maxAge: 60 }) },
  binding_missing: { options: { dpop: { mode: "required" } } },
  certificate_missing: { options: mtls },
  certificate_mismatch: { options: mtls, certificate: new Uint8Array([1]) },
  certificate_malformed: {
    options: { mtls: { mode: "allowed", certificate: { format: "rfc9440" } }, trustProxy: true },
  },
  dpop_nonce_required: { options: { dpop: { mode: "allowed", nonce: true } } },
};

function guardFor({ options }: Setting = {}) {
  return createGuard<unknown>({ env: {}, dpop: { mode: "allowed" }, ...options, ...issuer.guardOptions });
}

function request(headers: GuardRequest["headers"], { certificate }: Setting = {}): GuardRequest {
  const connection = { isEncrypted: true, ...(certificate && { certificate }) };
  return { method: "GET", url: "/orders", headers: { host: "api.test", ...headers }, connection };
}

async function reasonOf(answer: unknown): Promise<Reason | "accepted"> {
  const outcome = await answer;
  return outcome instanceof AuthError ? outcome.reason : "accepted";
}

/** Why no request causes them, and how a test does. */
const elsewhere: Readonly<Record<FaultElsewhere, string>> = {
  origin_not_allowed: "`tokenFrom` of your guard names a cookie: send the token in it, from another origin",
  issuer_unavailable: "your look-up of issuers fails: give the guard a resolver that rejects",
  keys_unavailable: "the issuer is down: disconnect(), with fetch",
  introspection_unavailable: "the issuer is down: disconnect(), with introspect",
  revocation_unavailable: "your deny list fails: give the guard one that rejects",
  replay_store_unavailable: "your replay store fails: give the guard one that rejects",
  token_revoked: "your deny list holds the token: put it there",
  claims_rejected: "your schema refuses the claims: give a token claims that it refuses",
  check_failed: "your code throws: let it throw",
};

const tokenReasons = Object.keys(issuer.broken) as BrokenTokenReason[];
const proofReasons = Object.keys(client.broken) as BrokenProofReason[];

describe("The catalogue", () => {
  test("holds nothing that the testing kit neither causes nor leaves to others", () => {
    const known = [...tokenReasons, ...proofReasons, ...Object.keys(elsewhere)];
    expect(known.sort()).toEqual(Object.keys(catalogue).sort());
  });
});

describe("A broken token", () => {
  test.each(tokenReasons)("is refused as %s", async (reason) => {
    const setting = settings[reason];
    const broken = issuer.broken[reason]();
    const outcome = guardFor(setting).attempt(
      request(broken.headers, setting),
      ...(setting?.requirement ? ([setting.requirement] as const) : []),
    );
    expect([await reasonOf(outcome), broken.reason]).toEqual([reason, reason]);
  });

  const usual = tokenReasons.filter((reason) => !(reason in settings) && reason !== "binding_unproven");

  test.each(usual)("of the profile of RFC 9068 is refused as %s too", async (reason) => {
    const strict = createTestIssuer({ profile: "rfc9068" });
    const guard = createGuard<unknown>({ env: {}, tokenType: "at+jwt", ...strict.guardOptions });
    expect(await reasonOf(guard.attempt(request(strict.broken[reason]().headers)))).toBe(reason);
  });

  test.each(["RS256", "PS384", "ES384", "EdDSA"] as const)(
    "of an issuer that signs with %s is refused for the same reason",
    async (algorithm) => {
      const another = createTestIssuer({ algorithm });
      const guard = createGuard<unknown>({ env: {}, ...another.guardOptions });
      const answers = usual.map((reason) => reasonOf(guard.attempt(request(another.broken[reason]().headers))));
      expect(await Promise.all(answers)).toEqual(usual);
    },
  );

  test("of an issuer with a shared secret says which faults need a key set", async () => {
    const another = createTestIssuer({ algorithm: "HS256" });
    const guard = createGuard<unknown>({ env: {}, ...another.guardOptions });
    const needKeys: readonly BrokenTokenReason[] = ["key_unknown", "key_ambiguous", "key_unsuitable"];
    const others = usual.filter((reason) => !needKeys.includes(reason));
    const answers = others.map((reason) => reasonOf(guard.attempt(request(another.broken[reason]().headers))));
    expect(await Promise.all(answers)).toEqual(others);
    for (const reason of needKeys) expect(() => another.broken[reason]()).toThrow('algorithm is "HS256"');
  });

  test("holds whatever else its options say", async () => {
    const { token } = issuer.broken.expired({ sub: "auth0|bob", permissions: ["read:orders"] });
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ sub: "auth0|bob", permissions: ["read:orders"] });
    expect(await reasonOf(guardFor().attempt(request({ authorization: `Bearer ${token}` })))).toBe("expired");
  });

  test("is refused for what it is, not for what the endpoint demands", async () => {
    const { headers } = issuer.broken.audience_mismatch({ permissions: ["read:orders"] });
    expect(await reasonOf(guardFor().attempt(request(headers), permission("read:orders")))).toBe("audience_mismatch");
  });
});

describe("A broken proof", () => {
  test.each(proofReasons.filter((reason) => reason !== "dpop_replayed"))("is refused as %s", async (reason) => {
    const broken = client.broken[reason](target);
    const outcome = guardFor(settings[reason]).attempt(request(broken.headers));
    expect([await reasonOf(outcome), broken.reason]).toEqual([reason, reason]);
  });

  test("is refused as dpop_replayed when it comes again", async () => {
    const guard = guardFor();
    const { headers } = client.broken.dpop_replayed(target);
    expect(await reasonOf(guard.attempt(request(headers)))).toBe("accepted");
    expect(await reasonOf(guard.attempt(request(headers)))).toBe("dpop_replayed");
  });

  test.each(["PS256", "ES384", "EdDSA"] as const)(
    "of a key for %s is refused for the same reason",
    async (algorithm) => {
      const another = issuer.dpopClient({ algorithm });
      const reasons = proofReasons.filter((reason) => reason !== "dpop_replayed" && !(reason in settings));
      const answers = reasons.map((reason) =>
        reasonOf(guardFor().attempt(request(another.broken[reason](target).headers))),
      );
      expect(await Promise.all(answers)).toEqual(reasons);
    },
  );
});

describe("jose agrees", () => {
  /** Rules that jose's `jwtVerify` does not have, and what it cannot know: how the token came, and what the endpoint demands. */
  const stricter: readonly (BrokenTokenReason | BindingReason)[] = [
    ...(["credentials_missing", "credentials_malformed", "credentials_multiple", "scheme_unsupported"] as const),
    ...(["token_too_large", "type_not_allowed", "logout_token", "issued_in_future", "client_mismatch"] as const),
    ...(["token_too_old"] as const),
    ...(["permission_missing", "scope_missing", "role_missing", "claim_mismatch", "organization_mismatch"] as const),
    ...(["actor_mismatch", "details_missing", "condition_not_met", "requirement_not_met"] as const),
    ...(["authentication_too_weak", "authentication_too_old"] as const),
    ...(["binding_unproven", "binding_missing"] as const),
    ...(["certificate_missing", "certificate_malformed", "certificate_mismatch"] as const),
  ];
  const keys = createLocalJWKSet(issuer.jwks as unknown as JSONWebKeySet);

  function verify(token: string): Promise<boolean> {
    const expected = { issuer: issuer.url, audience: issuer.audience, requiredClaims: ["exp"] };
    return jwtVerify(token, keys, expected).then(
      () => true,
      () => false,
    );
  }

  test("that a good token is good", async () => {
    expect(await verify(issuer.token())).toBe(true);
    expect(await verify(client.token())).toBe(true);
  });

  test.each(tokenReasons)("about %s, unless it has no such rule", async (reason) => {
    expect(await verify(issuer.broken[reason]().token)).toBe(stricter.includes(reason));
  });
});
