// Every reason of the catalogue, produced by a request on the real road, with all that goes over the wire.
import { describe, expect, test } from "vitest";
import { advice } from "../src/explain/advice.js";
import {
  actor,
  any,
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
  type ReasonRecord,
  type Requirement,
  role,
  scope,
  stepUp,
} from "../src/index.js";
import { bindingReasons } from "../src/reasons.js";
import { parseChallenge } from "./support/challenge.js";
import { createClock, start } from "./support/clock.js";
import { createKey, encode } from "./support/forge.js";
import { audience, bearer, claims, ec, guardWith, jwks, refusalOf, stranger, token } from "./support/keys.js";

interface Row {
  readonly request: GuardRequest;
  readonly status: number;
  /** OAuth error of the challenge; `none` for a challenge without one; absent where there is no challenge. */
  readonly error?: string;
  readonly scope?: string;
  /** Further parameters of the challenge. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly options?: GuardOptions;
  readonly requirement?: Requirement;
}

// Whatever the token says carries this mark, so that any of it would be noticed in an answer.
const mark = "MARKED";
const marked = (changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}): GuardRequest =>
  bearer(
    token(
      { sub: mark, [mark]: mark, ...changes },
      { header: { alg: "ES256", kid: "ec", x: mark, ...header }, alg: "ES256" },
    ),
  );
const send = (authorization: string | readonly string[]): GuardRequest => ({
  method: "GET",
  url: `/${mark}?${mark}`,
  headers: { authorization, host: mark },
});
const unreachable = unreachableIssuer();
const twin = createKey("ES256", "ec");

function unreachableIssuer(): GuardOptions {
  const fetch = () => Promise.reject(new TypeError(`${mark} refused the connection`));
  return { keys: { jwksUri: "https://issuer.test/jwks" }, fetch };
}

const invalid = { status: 401, error: "invalid_token" } as const;
const stronger = { status: 401, error: "insufficient_user_authentication" } as const;
const forbidden = { status: 403, error: "insufficient_scope" } as const;
const throwing = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate: (): never => {
      throw new Error(mark);
    },
  },
};
const picky = {
  "~standard": {
    version: 1 as const,
    vendor: "test",
    validate: () => ({ issues: [{ message: mark, path: ["sub"] }] }),
  },
};

// Those of bound tokens have rows of their own, in binding/reasons.test.ts.
const rows: Readonly<Record<Exclude<Reason, BindingReason>, Row>> = {
  credentials_missing: { request: { method: "GET", url: `/${mark}`, headers: {} }, status: 401, error: "none" },
  credentials_malformed: { request: send(`Bearer ${mark} ${mark}`), status: 400, error: "invalid_request" },
  credentials_multiple: { request: send([`Bearer ${mark}`, `Bearer ${mark}`]), status: 400, error: "invalid_request" },
  scheme_unsupported: { request: send(`Basic ${mark}`), status: 401, error: "none" },
  origin_not_allowed: {
    request: { method: "POST", url: "/", headers: { cookie: `token=${token()}`, origin: `https://${mark}.test` } },
    status: 403,
    error: "none",
    options: { tokenFrom: { cookie: "token", origins: ["https://app.test"] } },
  },
  token_too_large: {
    request: marked({ [mark]: mark.repeat(3000) }),
    status: 400,
    error: "invalid_request",
  },
  token_opaque: { request: bearer(mark), ...invalid },
  token_encrypted: { request: bearer(`${encode({ alg: mark })}.a.b.c.d`), ...invalid },
  token_malformed: { request: bearer(`${mark}.${mark}.${mark}`), ...invalid },
  algorithm_none: { request: bearer(`${encode({ alg: "none", x: mark })}.${encode(claims())}.`), ...invalid },
  algorithm_not_allowed: { request: marked({}, { alg: mark }), ...invalid },
  critical_header_unsupported: { request: marked({}, { crit: [mark] }), ...invalid },
  type_not_allowed: { request: marked({}, { typ: mark }), ...invalid },
  id_token: { request: marked({ nonce: mark }), ...invalid },
  logout_token: { request: marked({ events: { [mark]: {} } }), ...invalid },
  issuer_untrusted: { request: marked({ iss: `https://${mark}.test/` }), ...invalid },
  key_unknown: { request: marked({}, { kid: mark }), ...invalid },
  key_ambiguous: { request: marked(), ...invalid, options: { keys: { jwks: { keys: [ec.jwk, twin.jwk] } } } },
  key_unsuitable: { request: marked({}, { kid: "rsa" }), ...invalid },
  signature_invalid: {
    request: bearer(token({ sub: mark }, { key: stranger, header: { alg: "ES256", kid: "ec" } })),
    ...invalid,
  },
  claim_missing: { request: marked({ exp: undefined }), ...invalid },
  claim_invalid: { request: marked({ exp: mark }), ...invalid },
  expired: { request: marked({ exp: start - 10 }), ...invalid },
  not_yet_valid: { request: marked({ nbf: start + 10 }), ...invalid },
  issued_in_future: { request: marked({ iat: start + 10 }), ...invalid },
  token_too_old: { request: marked({ iat: start - 70 }), ...invalid, options: { maxTokenAge: 60 } },
  audience_mismatch: { request: marked({ aud: mark }), ...invalid },
  client_mismatch: { request: marked({ client_id: mark }), ...invalid, options: { clientId: "client" } },
  claims_rejected: { request: marked(), ...invalid, options: { claims: picky } },
  permission_missing: {
    request: marked({ permissions: [mark] }),
    ...forbidden,
    requirement: permission("read:a", "read:b"),
    scope: "read:a read:b",
  },
  scope_missing: { request: marked({ scope: mark }), ...forbidden, requirement: scope("read:a"), scope: "read:a" },
  role_missing: { request: marked({ roles: [mark] }), ...forbidden, requirement: role("admin") },
  claim_mismatch: { request: marked({ plan: mark }), ...forbidden, requirement: claim("plan", "pro") },
  organization_mismatch: { request: marked({ org_id: mark }), ...forbidden, requirement: organization("org_1") },
  actor_mismatch: { request: marked({ act: { sub: mark } }), ...forbidden, requirement: actor({ subject: "orders" }) },
  requirement_not_met: {
    request: marked(),
    ...forbidden,
    requirement: any(role("admin"), scope("read:a")),
    scope: "read:a",
  },
  details_missing: {
    request: marked({ authorization_details: [{ type: mark }] }),
    ...forbidden,
    requirement: details("payment"),
  },
  condition_not_met: {
    request: marked({ limit: mark }),
    ...forbidden,
    requirement: check(`limit ${mark}`, ({ limit }) => limit === 1000),
  },
  authentication_too_weak: {
    request: marked({ acr: mark }),
    ...stronger,
    requirement: stepUp({ acrValues: ["mfa"] }),
    parameters: { acr_values: "mfa" },
  },
  authentication_too_old: {
    request: marked({ auth_time: start - 3600 }),
    ...stronger,
    requirement: stepUp({ maxAge: 60 }),
    parameters: { max_age: "60" },
  },
  token_inactive: { request: bearer(mark), ...invalid, options: { introspection: async () => ({ active: false }) } },
  introspection_unavailable: {
    request: bearer(mark),
    status: 503,
    options: { introspection: () => Promise.reject(new Error(mark)) },
  },
  token_revoked: { request: marked(), ...invalid, options: { revocation: { isRevoked: () => true } } },
  revocation_unavailable: {
    request: marked(),
    status: 503,
    options: { revocation: { isRevoked: () => Promise.reject(new Error(mark)) } },
  },
  issuer_unavailable: {
    request: marked(),
    status: 503,
    options: { keys: {}, issuer: () => Promise.reject(new Error(mark)) },
  },
  keys_unavailable: { request: marked(), status: 503, options: unreachable },
  check_failed: { request: marked(), status: 500, options: { claims: throwing } },
};

const bodyErrors: Readonly<Record<number, string>> = {
  401: "unauthorized",
  403: "access_denied",
  500: "server_error",
  503: "temporarily_unavailable",
};

describe("The reason", () => {
  test.each(Object.entries(rows) as [Reason, Row][])("%s is answered as the catalogue says", async (reason, row) => {
    const guard = guardWith(row.options);
    const error = await refusalOf(guard.check(row.request, ...(row.requirement ? ([row.requirement] as const) : [])));
    expect(error.reason).toBe(reason);
    const { status, headers, body } = guard.refusal(error);
    expect([status, error.status, error.statusCode]).toEqual([row.status, row.status, row.status]);

    const oauthError = row.error === "none" ? undefined : row.error;
    const { description } = catalogue[reason];
    expect(body).toEqual({ error: oauthError ?? bodyErrors[status], error_description: description, reason });
    expect(headers["cache-control"]).toBe("no-store");

    const challenges = headers["www-authenticate"];
    if (row.error === undefined) expect(challenges).toBeUndefined();
    else {
      expect(challenges).toHaveLength(1);
      expect(parseChallenge(String(challenges?.[0]))).toEqual({
        scheme: "Bearer",
        parameters: {
          realm: "api",
          ...(oauthError !== undefined && { error: oauthError, error_description: description }),
          ...(row.scope !== undefined && { scope: row.scope }),
          ...row.parameters,
        },
      });
    }
    if (status === 503) expect(headers["retry-after"]).toMatch(/^[1-9]\d*$/);
    else expect(headers["retry-after"]).toBeUndefined();

    const sent = row.request.headers as { authorization?: string | string[] };
    const onTheWire = JSON.stringify([error.message, status, headers, body, error]);
    expect(onTheWire).not.toContain(mark);
    for (const part of String(sent.authorization ?? "-").split(/[ .,]/)) {
      if (part.length > 8) expect(onTheWire).not.toContain(part);
    }
  });

  test("has a row here whenever it is in the catalogue", () => {
    const all = [...Object.keys(rows), ...Object.keys(bindingReasons)];
    expect(all.sort()).toEqual(Object.keys(catalogue).sort());
  });
});

describe("The catalogue", () => {
  test.each(Object.entries(catalogue) as [Reason, ReasonRecord][])("says of %s what it is", (_reason, record) => {
    expect(record.description).toMatch(/^[A-Z][^"\\\r\n]{10,}[^.]$/);
    expect(record.error === undefined).toBe(
      record.status >= 500 || ["credentials_missing", "scheme_unsupported", "origin_not_allowed"].includes(_reason),
    );
  });
});

describe("The advice", () => {
  test.each(Object.keys(catalogue) as Reason[])("says of %s why, and what to do", (reason) => {
    expect(advice[reason].cause).toMatch(/^[A-Z].{20,}\.$/s);
    expect(advice[reason].fix).toMatch(/^[A-Z].{10,}\.$/s);
  });

  test("speaks of no reason that does not exist", () => {
    expect(Object.keys(advice).sort()).toEqual(Object.keys(catalogue).sort());
  });
});

describe("The usual mistakes of a client", () => {
  test.each<[string, GuardRequest, Reason]>([
    ["forgets the header", { method: "GET", url: "/", headers: {} }, "credentials_missing"],
    ["forgets Bearer", send(token()), "scheme_unsupported"],
    ["sends the ID token", bearer(token({ aud: "client", nonce: "n" })), "id_token"],
    ["asks for no audience", bearer("opaque"), "token_opaque"],
    ["asks for another audience", bearer(token({ aud: "https://other" })), "audience_mismatch"],
    ["logs in at another tenant", bearer(token({ iss: "https://other.auth0.com/" })), "issuer_untrusted"],
    ["keeps a token for too long", bearer(token({ exp: start - 3600 })), "expired"],
    ["signs with HS256", bearer(token({}, { header: { alg: "HS256" }, alg: "ES256" })), "algorithm_not_allowed"],
  ])("who %s is told by a reason of its own", async (_name, request, reason) => {
    const guard = createGuard({
      issuer: "https://issuer.test/",
      audience,
      keys: { jwks },
      env: {},
      now: createClock().now,
    });
    expect((await refusalOf(guard.check(request))).reason).toBe(reason);
  });
});
