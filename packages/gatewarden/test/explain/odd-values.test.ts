// Explaining never fails, whatever a token or a request holds: values from outside are looked at
// and never coerced (CWE-248, CWE-704).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.js";
import {
  AuthError,
  all,
  any,
  claim,
  details,
  type Finding,
  type GuardRequest,
  type LastArgument,
  not,
  organization,
  permission,
  type Requirement,
  role,
  scope,
  stepUp,
} from "../../src/index.js";
import { start } from "../support/clock.js";
import { forge } from "../support/forge.js";
import { audience, bearer, ec, guardWith, issuer, verdict } from "../support/keys.js";

const runs = { numRuns: 150, seed: 19 };
const guard = guardWith();
const dpopGuard = guardWith({ dpop: { mode: "allowed" } });

/** Values as JSON text, since not each of them survives `JSON.stringify`. */
const odd = [
  ...['{"toString":1}', '{"valueOf":1}', '{"toJSON":1}', '{"toJSON":{},"toString":{},"valueOf":{}}', '{"then":1}'],
  ...['{"length":4294967296}', '{"length":-1,"0":"a"}', '{"__proto__":null}', '{"__proto__":{"toString":1}}'],
  ...['{"constructor":{"prototype":1}}', '[{"toString":1}]', '["a",{"toString":1}]', '[[["a"]]]', "[null]", "[]", "{}"],
  ...['""', '"\\u0000\\u202e\\u2028\\u009b"', '"\\ud83d\\ude00"', '"https://issuer.test"', '"/userinfo"', '"account"'],
  ...["null", "true", "0", "-0", "-1", "1e308", "1e999", "-1e999", "1.5", "9007199254740993", "4102444800000"],
  ...[
    `${"[".repeat(28)}${"]".repeat(28)}`,
    `${'{"a":'.repeat(28)}1${"}".repeat(28)}`,
    `${"[".repeat(99)}${"]".repeat(99)}`,
  ],
  ...[`"${"a".repeat(5000)}"`, `[${'"a",'.repeat(1000)}"a"]`, '"eyJhbGciOiJub25lIn0.eyJhIjoxfQ."', '"Refresh"', '"id"'],
] as const;

const value = fc.oneof(fc.constantFrom(...odd), fc.json({ maxDepth: 4 }));

const claimNames = [
  ...["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "scope", "scp", "scopes", "permissions", "roles", "typ"],
  ...["token_use", "cnf", "azp", "client_id", "gty", "org_id", "org_name", "act", "authorization_details", "acr"],
  ...["auth_time", "events", "nonce", "at_hash", "realm_access", "tid", "toString", "__proto__", "constructor"],
];

const usual: Readonly<Record<string, string>> = {
  iss: JSON.stringify(issuer),
  aud: JSON.stringify(audience),
  sub: '"user|1"',
  exp: `${start + 300}`,
  iat: `${start - 10}`,
};

const toText = (members: Readonly<Record<string, string>>) =>
  `{${Object.entries(members)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(",")}}`;

function tokenWith(claims: Readonly<Record<string, string>>, header: Readonly<Record<string, string>> = {}): string {
  const members = { ...usual, ...claims };
  return forge({
    header: toText({ alg: '"ES256"', kid: '"ec"', ...header }),
    payload: toText(members),
    key: ec,
    alg: "ES256",
  });
}

const requirements: readonly Requirement[] = [
  ...[permission("a"), scope("a"), role("a"), claim("a", 1), organization("org_1")],
  ...[stepUp({ acrValues: ["a"], maxAge: 60 }), details("a", { b: 1 }), not(role("a"))],
  ...[all(permission("a"), scope("b"), stepUp({ maxAge: 1 })), any(details("a"), organization("org_1"))],
];
const requirement = fc.constantFrom<LastArgument<Requirement>>([], ...requirements.map((one): [Requirement] => [one]));

function expectSound(findings: readonly Finding[]): void {
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.map(({ code }) => code)).not.toContain("check_failed");
  for (const { message, fix } of findings) expect([typeof message, typeof fix]).toEqual(["string", "string"]);
  expect(JSON.parse(JSON.stringify(findings))).toHaveLength(findings.length);
}

async function expectExplained(token: string, ...requirement: LastArgument<Requirement>): Promise<void> {
  const findings = await guard.explain(token, ...requirement);
  expectSound(findings);
  expect(findings[0]?.code).toBe(await verdict(guard, token, ...requirement));
}

describe("A token with any value as", () => {
  test.each(claimNames)("the claim %s is explained, and as the guard decides", async (name) => {
    await fc.assert(
      fc.asyncProperty(value, requirement, (text, needed) => expectExplained(tokenWith({ [name]: text }), ...needed)),
      runs,
    );
  });

  test.each(["alg", "kid", "typ", "crit", "jwk", "enc", "cty"])("the header's %s is explained", async (name) => {
    await fc.assert(
      fc.asyncProperty(value, (text) => expectExplained(tokenWith({}, { [name]: text }))),
      runs,
    );
  });

  test("several claims at once is explained", async () => {
    const some = fc.dictionary(fc.constantFrom(...claimNames), value, { maxKeys: 8 });
    const alg = fc.constantFrom('"ES256"', '"RS256"', '"HS256"', '"RS999"');
    await fc.assert(
      fc.asyncProperty(some, alg, requirement, (members, alg, needed) =>
        expectExplained(tokenWith(members, { alg }), ...needed),
      ),
      { ...runs, numRuns: 500 },
    );
  });

  test('any claim is explained on the wire, with `explain: "development"`', async () => {
    const developing = guardWith({ explain: "development" });
    await developing.ready();
    const one = fc.tuple(fc.constantFrom(...claimNames), value, requirement);
    await fc.assert(
      fc.asyncProperty(one, async ([name, text, needed]) => {
        const outcome = await developing.attempt(bearer(tokenWith({ [name]: text })), ...needed);
        if (!(outcome instanceof AuthError)) return;
        const { status, body } = developing.refusal(outcome);
        expect(status).toBeLessThan(500);
        expect(JSON.parse(JSON.stringify(body))).toMatchObject({ cause: expect.any(String), fix: expect.any(String) });
      }),
      { ...runs, numRuns: 500 },
    );
  });

  test("`aud` is explained by the command, as text and as JSON", async () => {
    const env = { ISSUER_BASE_URL: "http://127.0.0.1:1/", AUDIENCE: audience };
    for (const text of odd) {
      let out = "";
      const streams = {
        env,
        input: async () => "",
        error: () => {},
        out: (more: string) => {
          out += more;
        },
      };
      expect(await main(["explain", tokenWith({ aud: text })], streams), text).toBe(1);
      out = "";
      expect(await main(["explain", "--json", tokenWith({ aud: text })], streams), text).toBe(1);
      expect(JSON.parse(out).length).toBeGreaterThan(0);
    }
  });
});

describe("A request", () => {
  const good = tokenWith({});
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "",
      " ",
      "Bearer",
      "Bearer ",
      `Bearer ${good}`,
      `DPoP ${good}`,
      good,
      `Bearer Bearer ${good}`,
      `bearer,${good}`,
    ),
    fc.constantFrom("Basic a", "%", "//", "http://[", "/?access_token=%", "/?token=a#b", "*", "\u0000", "a:b"),
  );
  const header = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(undefined));
  const names = fc.constantFrom(
    "authorization",
    "dpop",
    "cookie",
    "x-forwarded-for",
    "token",
    "host",
    "get",
    "__proto__",
  );
  const request: fc.Arbitrary<GuardRequest> = fc.record({
    method: text,
    url: text,
    headers: fc.dictionary(names, header, { maxKeys: 5 }),
  });

  test.each([
    ["bearer tokens alone", guard],
    ["bound tokens too", dpopGuard],
  ])("with any text in it is explained by a guard that takes %s", async (_what, one) => {
    await fc.assert(
      fc.asyncProperty(request, requirement, async (made, needed) => expectSound(await one.explain(made, ...needed))),
      {
        ...runs,
        numRuns: 400,
      },
    );
  });

  // What callers without types hand over.
  test.each<[string, unknown]>([
    ["null", null],
    ["undefined", undefined],
    ["a number", 1],
    ["a symbol", Symbol("a")],
    ["an object that cannot become text", { toString: 1 }],
    ["a request without headers", { method: "GET", url: "/" }],
    ["a request whose URL is an object", { method: "GET", url: { toString: 1 }, headers: {} }],
    [
      "headers of objects",
      { method: "GET", url: "/", headers: { authorization: { toString: 1 }, token: { length: 2 } } },
    ],
    [
      "headers that throw",
      {
        method: "GET",
        url: "/",
        get headers() {
          throw new Error("no");
        },
      },
    ],
  ])("that is %s is explained", async (_what, made) => {
    const findings = await guard.explain(made as GuardRequest);
    expect(findings[0]).toMatchObject({ severity: "error", message: expect.any(String), fix: expect.any(String) });
  });
});
