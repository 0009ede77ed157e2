// What every preset is held to: tokens in the provider's documented shape, good ones and those that
// must stay out.
// The same cases make the page docs/providers.md.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, createGuard, type Guard, type GuardOptions, type Reason } from "../../src/index.js";
import type { ProviderWords } from "../../src/providers/words/provider-words.js";
import { createClock, start } from "../support/clock.js";
import { createKey, encode, forge, signHmac, type TestKey } from "../support/forge.js";
import { type Claims, verdict, verdictOf } from "../support/keys.js";
import { type LocalProvider, type Published, startLocalProvider } from "./_local-provider.js";

/** A token: what differs from a header of RS256 and claims with the issuer and times. */
export interface CaseToken {
  /** Completes "accepts" or "refuses". */
  readonly what: string;
  readonly claims: Claims;
  readonly header?: Claims;
  /** Who signs. Default: the provider's own key. */
  readonly signer?: "stranger" | { readonly secret: string };
}

/** What a good token grants. */
export interface Grants {
  readonly scopes?: readonly string[];
  readonly permissions?: readonly string[];
  readonly roles?: readonly string[];
  readonly organization?: string;
}

/** One provider with its preset. */
export interface ProviderCase {
  readonly preset: string;
  readonly words: ProviderWords;
  /** What the preset returned. */
  readonly terms: NonNullable<GuardOptions["issuer"]>;
  /** Exact `iss` of good tokens. */
  readonly issuer: string;
  readonly published: Published;
  readonly accepted: readonly (CaseToken & { readonly grants?: Grants })[];
  readonly refused: readonly (CaseToken & { readonly reason: Reason })[];
  /** Refusals with a part of the fix that explain gives. */
  readonly explained: readonly (CaseToken & { readonly reason: Reason; readonly fix: string })[];
  /** Wrong calls, with a part of what they are told. */
  readonly misused: readonly (readonly [call: () => unknown, message: string])[];
  /** For the page. */
  readonly page: ProviderPage;
}

/** What the documentation says beside what the cases show. */
export interface ProviderPage {
  /** What to set at the provider. */
  readonly configure: readonly string[];
  /** Where grants stand: `scp` → scopes. */
  readonly grants: string;
  /** The value of `issuer`, as code. */
  readonly example: string;
  /** What else the example imports from `gatewarden/providers`. */
  readonly imports?: readonly string[];
  /** Further options of the guard in the example, a line each. */
  readonly options?: readonly string[];
  readonly caveats: readonly string[];
}

const algorithms = ["RS256", "ES256", "ES384"];
const createKeys = (): ReadonlyMap<unknown, TestKey> =>
  new Map(algorithms.map((alg) => [alg, createKey(alg, alg === "RS256" ? "own-key" : alg)]));
const [own, strange] = [createKeys(), createKeys()];

export const ownKeys: object = { keys: algorithms.map((alg) => ({ ...own.get(alg)?.jwk, alg })) };

/** Metadata and keys, where the provider has them. */
export function publish(
  issuer: string,
  jwksUri: string,
  metadataUrl = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
): Published {
  return { [metadataUrl]: { issuer, jwks_uri: jwksUri }, [jwksUri]: ownKeys };
}

function sign({ issuer }: ProviderCase, { claims, header, signer }: CaseToken): string {
  const payload = Object.fromEntries(
    Object.entries({ iss: issuer, sub: "user-1", iat: start - 60, exp: start + 3600, ...claims }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  if (typeof signer === "object") {
    const input = `${encode({ alg: "HS256", typ: "JWT", ...header })}.${encode(payload)}`;
    return `${input}.${encode(signHmac("HS256", signer.secret, input))}`;
  }
  const complete: Claims = { alg: "RS256", typ: "JWT", ...header };
  const key = (signer === "stranger" ? strange : own).get(complete["alg"]);
  if (key === undefined) throw new TypeError("There is no key for that algorithm");
  return forge({ header: { kid: key.kid, ...complete }, payload, key });
}

/** Runs the case. */
export function describeProvider(provider: ProviderCase): void {
  const { preset, misused } = provider;
  describe(`The preset ${preset}`, () => {
    test.each(misused.map(([call, message]) => ({ call, message })))(
      "is refused with: $message",
      ({ call, message }) => {
        expect(call).toThrow(ConfigError);
        expect(call).toThrow(message);
      },
    );

    describeTokens(provider);
  });
}

function describeTokens(provider: ProviderCase): void {
  const { accepted, refused, explained, words } = provider;
  let server: LocalProvider;
  let guard: Guard<unknown>;
  beforeAll(async () => {
    server = await startLocalProvider(provider.published);
    guard = createGuard({ issuer: provider.terms, now: createClock().now, env: {}, fetch: server.fetch });
  });
  afterAll(() => server.close());

  test.each(accepted)("accepts $what", async (token) => {
    const auth = await guard.verify(sign(provider, token));
    const { scopes = [], permissions = [], roles = [], organization } = token.grants ?? {};
    expect(auth.scopes).toEqual(scopes);
    expect(auth.permissions).toEqual(permissions);
    expect(auth.roles).toEqual(roles);
    expect(auth.organization?.id).toBe(organization);
  });

  test.each(accepted.slice(0, 1))(
    "refuses the same signed by another key, and the same expired: $what",
    async (token) => {
      expect(await verdict(guard, sign(provider, { ...token, signer: "stranger" }))).toBe("signature_invalid");
      const expired = { ...token, claims: { ...token.claims, exp: start - 600 } };
      expect(await verdict(guard, sign(provider, expired))).toBe("expired");
    },
  );

  test.each(refused)("refuses $what: $reason", async (token) => {
    expect(await verdict(guard, sign(provider, token))).toBe(token.reason);
  });

  test.each(explained)("explains $what in the provider's words", async (token) => {
    const findings = await guard.explain(sign(provider, token));
    expect(findings).toContainEqual(
      expect.objectContaining({ code: token.reason, fix: expect.stringContaining(token.fix) }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ code: "provider", message: expect.stringContaining(`${words.name}'s`) }),
    );
  });

  const proxyHeaders = (words.headers ?? []).slice(0, 1);
  test.each(proxyHeaders)("reads tokens from %s, of that proxy alone", async (header) => {
    const proxied: Guard<unknown> = createGuard({
      issuer: provider.terms,
      now: createClock().now,
      env: {},
      fetch: server.fetch,
      tokenFrom: { header },
      trustProxy: { addresses: ["10.0.0.0/8"] },
    });
    const headers = { [header]: sign(provider, provider.accepted[0] as CaseToken) };
    const from = (address: string) => ({
      method: "GET",
      url: "/",
      headers,
      connection: { isEncrypted: true, address },
    });
    expect(await verdictOf(proxied.check(from("10.0.0.7")))).toBe("accepted");
    expect(await verdictOf(proxied.check(from("203.0.113.7")))).toBe("credentials_missing");
  });

  test.each(words.headers ?? [])("explains a token that came in %s only", async (header) => {
    const token = sign(provider, provider.accepted[0] as CaseToken);
    const findings = await guard.explain({ method: "GET", url: "/", headers: { [header]: token } });
    const told = { message: expect.stringContaining(words.name), fix: words.fixes.credentials_missing };
    expect(findings).toContainEqual(expect.objectContaining({ code: "credentials_missing", ...told }));
  });
}
