// Where a finding belongs in a token. The terminal, the site and the console ask the same function,
// so these cases hold for all three.
import { describe, expect, test } from "vitest";
import { type FindingPlace, findFindingPlace } from "../../src/cli/token-places.js";
import { catalogue, claim, type LastArgument, permission, type Requirement } from "../../src/index.js";
import { type Claims, guardWith, token } from "../support/keys.js";

const decode = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString()) as Claims;

/** The places of what the library itself finds, by code. */
async function findPlaces(text: string, options = {}, ...requirement: LastArgument<Requirement>) {
  const [header, payload] = text.split(".").map((part, index) => (index < 2 ? decode(part) : {}));
  const findings = await guardWith(options).explain(text, ...requirement);
  const places = findings.map((finding) => {
    const place = findFindingPlace(finding, { header: header ?? {}, payload: payload ?? {} });
    return [finding.code, place === undefined ? "" : toText(place)] as const;
  });
  return Object.fromEntries(places);
}

function toText({ isMissing, name, part }: FindingPlace): string {
  return `${part}${name === undefined ? "" : `.${name}`}${isMissing ? " is missing" : ""}`;
}

describe("The place of what the library finds", () => {
  test.each([
    ["a missing claim", { exp: undefined }, "claim_missing", "payload.exp is missing"],
    ["a claim that is null", { exp: null }, "claim_missing", "payload.exp"],
    ["an empty audience", { aud: [] }, "claim_missing", "payload.aud"],
    ["a time as text", { iat: "today" }, "claim_invalid", "payload.iat"],
    ["an actor that is no object", { act: "bob" }, "claim_invalid", "payload.act"],
    ["another audience", { aud: "https://other.test" }, "audience_mismatch", "payload.aud"],
    ["an ID token by its hash", { at_hash: "a" }, "id_token", "payload.at_hash"],
    ["an ID token by its use", { token_use: "id" }, "id_token", "payload.token_use"],
    ["a refresh token of Keycloak", { typ: "Refresh" }, "type_not_allowed", "payload.typ"],
    ["a logout token of Keycloak", { typ: "Logout" }, "logout_token", "payload.typ"],
    ["a security event", { events: {} }, "logout_token", "payload.events"],
  ])("%s", async (_what, changes, code, place) => {
    expect(await findPlaces(token(changes))).toMatchObject({ [code]: place });
  });

  test.each([
    ["a permission", permission("read:admin"), { permissions: [] }, "permission_missing", "payload.permissions"],
    ["a claim that differs", claim("plan", "pro"), { plan: "team" }, "claim_mismatch", "payload.plan"],
    ["a claim that is missing", claim("plan", "pro"), {}, "claim_mismatch", "payload.plan is missing"],
    [
      "a claim whose name has blanks and dots",
      claim("https://acme.com/the plan", "pro"),
      { "https://acme.com/the plan": "team", "https://acme": 1 },
      "claim_mismatch",
      "payload.https://acme.com/the plan",
    ],
  ])("%s that is required", async (_what, requirement, changes, code, place) => {
    expect(await findPlaces(token(changes), {}, requirement)).toMatchObject({ [code]: place });
  });

  test("a type in the header, although the claims have one too", async () => {
    const text = token({ typ: "Bearer" }, { header: { alg: "ES256", kid: "ec", typ: "dpop+jwt" } });
    expect(await findPlaces(text)).toMatchObject({ type_not_allowed: "header.typ" });
  });

  test("what a schema rejects: the outermost member of its path", async () => {
    const issues = [{ message: "Not a city", path: ["address", "city"] }];
    const schema = { "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) } };
    const found = await findPlaces(token({ address: { city: 1 } }), { claims: schema });
    expect(found).toMatchObject({ claims_rejected: "payload.address" });
  });
});

describe("The place of a finding", () => {
  const parts = { header: { alg: "RS256" }, payload: { sub: "ada", constructor: 1 } };
  const find = (code: string, name?: string) => findFindingPlace({ code, ...(name && { name }) }, parts);

  test("is the whole part where nothing names the member", () => {
    expect(find("claim_invalid")).toEqual({ part: "payload", name: undefined, isMissing: false });
    expect(find("signature_invalid")).toEqual({ part: "signature", name: undefined, isMissing: false });
  });

  test("is nowhere for what is about the request, a proof or a server", () => {
    for (const code of ["credentials_missing", "dpop_claim_invalid", "keys_unavailable", "accepted", "toString"])
      expect(find(code, "sub")).toBeUndefined();
  });

  test("never is a member of another object", () => {
    expect(find("claim_missing", "toString")).toMatchObject({ name: "toString", isMissing: true });
    expect(find("claim_invalid", "constructor")).toMatchObject({ isMissing: false });
    expect(find("claim_invalid", "su")).toMatchObject({ name: "su", isMissing: true });
  });

  test("is found for every reason that is about one claim", () => {
    const about = Object.keys(catalogue).filter((code) => /^(claim|issuer_untrusted|audience|client)/.test(code));
    for (const code of about) expect(find(code, "sub")).toMatchObject({ name: "sub" });
  });
});
