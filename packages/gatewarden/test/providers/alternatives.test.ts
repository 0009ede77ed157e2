// Arguments that exclude each other are refused together: one of them would not be read (CWE-636).
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/index.js";
import { entra, ory, ping, supabase, workos } from "../../src/providers/providers.js";

const tenant = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const other = "11111111-2222-3333-4444-555555555555";
const isTenantAllowed = () => false;
const audience = "https://api.acme.com";

type Preset = (given: never) => unknown;

const pairs: readonly (readonly [name: string, preset: Preset, common: object, one: object, another: object])[] = [
  ["entra", entra as Preset, { audience }, { tenant }, { tenants: [tenant, other] }],
  ["entra", entra as Preset, { audience }, { tenant }, { isTenantAllowed }],
  ["entra", entra as Preset, { audience }, { tenants: [tenant, other] }, { isTenantAllowed }],
  ["ory", ory as Preset, { audience }, { project: "happy-cat" }, { issuer: "https://auth.acme.com" }],
  ["ping", ping as Preset, { audience, environmentId: tenant }, { region: "eu" }, { domain: "login.acme.com" }],
  ["supabase", supabase as Preset, {}, { project: "abcdefghijklmnopqrst" }, { url: "https://api.acme.com" }],
  ["workos", workos as Preset, { audience }, { clientId: "client_01HX" }, { domain: "acme.authkit.app" }],
];

describe.each(pairs)("%s", (name, preset, common, one, another) => {
  const names = [one, another].map((given) => Object.keys(given)[0]);
  const call = (given: object) => preset({ ...common, ...given } as never);

  test(`refuses ${names.join(" beside ")}, and names both`, () => {
    const problem = expect.stringContaining(`${names[0]}`);
    const error = { option: `${name}.${names[1]}`, problem, other: `${name}.${names[0]}` };
    expect(() => call({ ...one, ...another })).toThrow(ConfigError);
    expect(() => call({ ...one, ...another })).toThrow(expect.objectContaining(error));
  });

  test(`takes ${names.join(" or ")} alone, and beside one that is undefined`, () => {
    for (const [given, left] of [
      [one, another],
      [another, one],
    ] as const) {
      const unset = Object.fromEntries(Object.keys(left).map((key) => [key, undefined]));
      expect(call(given)).toBeDefined();
      expect(call({ ...given, ...unset })).toBeDefined();
    }
  });
});
