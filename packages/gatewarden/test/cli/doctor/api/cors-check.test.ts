// CORS: preflights that need a token, and refusals that pages cannot read.
import { describe, expect, it } from "vitest";
import type { DoctorCode } from "../../../../src/cli/doctor/catalogue/catalogue.js";
import { good, type Handler, openClinic, origin, type Refusing, refuse } from "../_api.js";
import { expectFinding } from "../_examine.js";

const { examineHandler } = openClinic();

describe("CORS", () => {
  const allow = { "access-control-allow-origin": origin, "access-control-allow-headers": "Authorization" };
  const expose = { "access-control-allow-origin": origin, "access-control-expose-headers": "WWW-Authenticate" };

  /** An API that adds these headers to preflights and to refusals. */
  const withCors =
    (preflight: Refusing, refusal: Record<string, string>): Handler =>
    (request, response) => {
      if (request.method === "OPTIONS") return refuse(response, { status: 204, body: "", ...preflight });
      for (const [name, value] of Object.entries(refusal)) response.setHeader(name, value);
      good(request, response);
    };

  it("that is right has no findings", async () => {
    const { seen } = await examineHandler(withCors({ headers: allow }, expose), "--origin", origin);
    expect(seen.codes).toEqual([]);
  });

  it("is not looked at without an origin", async () => {
    const { seen } = await examineHandler(good);
    expect(seen.checks.map(({ title }) => title)).not.toContain("API: CORS");
  });

  it.each<[string, Refusing, Record<string, string>, DoctorCode, string]>([
    ["a preflight that needs a token", { status: 401 }, expose, "api_preflight_refused", "401"],
    ["a preflight that is redirected", { status: 301, headers: allow }, expose, "api_preflight_refused", "301"],
    ["a preflight without consent", {}, expose, "api_origin_not_allowed", "absent"],
    [
      "a preflight for another origin",
      { headers: { ...allow, "access-control-allow-origin": "https://other.test" } },
      expose,
      "api_origin_not_allowed",
      "https://other.test",
    ],
    [
      "a preflight without the header",
      { headers: { ...allow, "access-control-allow-headers": "Content-Type" } },
      expose,
      "api_header_not_allowed",
      "Content-Type",
    ],
    [
      "a preflight with any header, which does not mean this one",
      { headers: { ...allow, "access-control-allow-headers": "*" } },
      expose,
      "api_header_not_allowed",
      "*",
    ],
    ["a refusal that the page cannot read", { headers: allow }, {}, "api_refusal_without_cors", origin],
    [
      "a refusal whose challenge the page cannot read",
      { headers: allow },
      { "access-control-allow-origin": "*" },
      "api_challenge_hidden",
      "WWW-Authenticate",
    ],
  ])("with %s is found out", async (_name, preflight, refusal, code, value) => {
    const { url, seen } = await examineHandler(withCors(preflight, refusal), "--origin", origin);
    expect(expectFinding(seen, code, url).message).toContain(value);
    expect(seen.codes).toEqual([code]);
  });

  it("that lets any page in with credentials is found out", async () => {
    const echo: Handler = (request, response) => {
      response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
      response.setHeader("access-control-allow-credentials", "true");
      response.setHeader("access-control-allow-headers", "Authorization");
      response.setHeader("access-control-expose-headers", "WWW-Authenticate");
      return request.method === "OPTIONS" ? void response.writeHead(204).end() : good(request, response);
    };
    const { url, seen } = await examineHandler(echo, "--origin", origin);
    expectFinding(seen, "api_any_origin", url);
    expect(seen.codes).toEqual(["api_any_origin"]);
  });

  it("must let pages send proofs and read nonces where DPoP is offered", async () => {
    const { seen } = await examineHandler(
      (request, response) => {
        if (request.method === "OPTIONS") return void response.writeHead(204, allow).end();
        for (const [name, value] of Object.entries(expose)) response.setHeader(name, value);
        refuse(response, { headers: { "www-authenticate": ["Bearer", 'DPoP algs="ES256"'] } });
      },
      "--origin",
      origin,
    );
    expectFinding(seen, "api_header_not_allowed", "DPoP");
    expectFinding(seen, "api_challenge_hidden", "DPoP-Nonce");
  });
});
