// Kind B: servers that answer 406 where a client asks for too little. What they are asked for is
// what RFC 7517 §8.5.2 registers, then JSON, then anything: a document is judged by what it holds,
// not by its label.
//
// - Kubernetes' API server serves its keys as `application/jwk-set+json` alone, and answers 406 to
//   `application/json`: https://github.com/ramosbugs/openidconnect-rs/issues/238,
//   https://github.com/cloudfoundry/uaa/pull/3365 (kubernetes/kubernetes
//   pkg/routes/openidmetadata.go; emicklei/go-restful route.go says what fits an `Accept`)
// - An OpenID provider that wants `application/jwk-set+json`:
//   https://github.com/panva/openid-client/issues/466
// - A provider that answers 406 to what Java sends:
//   https://github.com/boylesoftware/tomcat-oidcauth/issues/19
// - Keycloak keeps answering to `application/json`: https://github.com/keycloak/keycloak/pull/39196
import { createGuard } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FetchError, fetchJson } from "../../src/keys/fetch-json.js";
import { examineIssuer } from "../cli/doctor/_examine.js";
import { createKey, forge } from "../support/forge.js";
import { type Answer, type IssuerServer, json, metadataPath, startIssuer, status } from "../support/issuer-server.js";
import { audience, verdict } from "../support/keys.js";

let server: IssuerServer;

beforeEach(async () => {
  server = await startIssuer();
});
afterEach(() => server.close());

const key = createKey("RS256", "k8s");
const jwks = { keys: [key.jwk] };

/**
 * Produces one type. Chooses as Kubernetes' router does: it looks at the types and ignores their
 * weights.
 */
function produces(type: string, document: unknown): Answer {
  const answer = json(document, { "content-type": type });
  return (request, response) => {
    const wanted = (request.headers.accept ?? "*/*").split(",").map((one) => one.split(";")[0]?.trim());
    if (wanted.includes(type) || wanted.includes("*/*")) return answer(request, response);
    const message = `406: Not Acceptable\n\nAvailable representations: ${type}`;
    const body = { kind: "Status", apiVersion: "v1", status: "Failure", message, code: 406 };
    response.writeHead(406, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
}

/** Knows one type, and does not even know what an asterisk means. */
function knows(type: string, document: unknown): Answer {
  return (request, response) =>
    (request.headers.accept ?? "").split(",").some((one) => one.split(";")[0]?.trim() === type)
      ? json(document, { "content-type": type })(request, response)
      : status(406)(request, response);
}

const metadata = () => ({ issuer: server.issuer, jwks_uri: `${server.origin}/jwks` });
const guard = () => createGuard({ issuer: server.issuer, audience, env: {} });
const token = () => {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const payload = { iss: server.issuer, aud: [audience], sub: "system:serviceaccount:orders:default", exp };
  return forge({ header: { alg: "RS256", kid: key.kid }, payload, key });
};

describe("A server of keys", () => {
  test("as Kubernetes has it refuses those who want JSON alone", async () => {
    server.on("/jwks", produces("application/jwk-set+json", jwks));
    const answer = await fetch(`${server.origin}/jwks`, { headers: { accept: "application/json" } });
    expect(answer.status).toBe(406);
  });

  test.each([
    ["as Kubernetes has it", produces, "application/jwk-set+json"],
    ["that knows the registered type alone", knows, "application/jwk-set+json"],
    ["that knows JSON alone", knows, "application/json"],
    ["that calls its keys something else", produces, "application/octet-stream"],
  ])("%s is asked so that it answers", async (_name, answer, type) => {
    server.on("/jwks", answer(type, jwks));
    expect(await verdict(guard(), token())).toBe("accepted");
  });

  test("is asked for the registered type first, then JSON, then anything (RFC 9110 §12.5.1)", async () => {
    const asked: unknown[] = [];
    server.on("/jwks", (request, response) => {
      asked.push(request.headers.accept);
      json(jwks)(request, response);
    });
    await guard().ready();
    expect(asked).toEqual(["application/jwk-set+json, application/json;q=0.9, */*;q=0.1"]);
  });

  test("that labels something else as keys is refused all the same", async () => {
    server.on("/jwks", json([key.jwk], { "content-type": "application/jwk-set+json" }));
    expect(await verdict(guard(), token())).toBe("keys_unavailable");
  });
});

describe("A server of metadata", () => {
  test.each([
    ["that knows JSON alone", knows, "application/json"],
    ["that calls them something else", produces, "text/plain"],
  ])("%s is asked so that it answers", async (_name, answer, type) => {
    server.on(metadataPath, answer(type, metadata()));
    server.publish([key.jwk]);
    expect(await verdict(guard(), token())).toBe("accepted");
  });
});

describe("A server that introspects", () => {
  const ask = (response: "json" | "jwt" = "json") =>
    createIntrospectionClient({
      issuer: server.issuer,
      clientId: "api",
      auth: { clientSecret: "secret" },
      endpoint: `${server.origin}/introspect`,
      response,
    })("opaque", { signal: AbortSignal.timeout(5000) });

  test.each([
    ["that knows JSON alone", knows, "application/json"],
    // go-restful compares whole labels.
    ["whose label says more", produces, "application/json; charset=utf-8"],
  ])("%s is asked so that it answers", async (_name, answer, type) => {
    server.on("/introspect", answer(type, { active: false }));
    expect(await ask()).toEqual({ active: false });
  });

  test("is asked for a signed answer alone where one is demanded (RFC 9701 §4)", async () => {
    const asked: unknown[] = [];
    server.on("/introspect", (request, response) => {
      asked.push(request.headers.accept);
      status(406)(request, response);
    });
    await expect(ask("jwt")).rejects.toMatchObject({ status: 406 });
    expect(asked).toEqual(["application/token-introspection+jwt"]);
  });
});

describe("A server that answers 406 to everything", () => {
  beforeEach(() => server.on("/jwks", status(406)));

  test("is told by a code of its own", async () => {
    const error = await fetchJson(`${server.origin}/jwks`, { fetch, timeout: 5 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ code: "not_acceptable", status: 406 });
  });

  test("is its neighbour's code when it answers 404", async () => {
    server.on("/jwks", status(404));
    await expect(fetchJson(`${server.origin}/jwks`, { fetch, timeout: 5 })).rejects.toMatchObject({ code: "status" });
  });

  test("has words of its own in explain", async () => {
    const [first] = await guard().explain(token());
    expect(first).toMatchObject({ code: "keys_unavailable" });
    expect(first?.message).toContain("status 406");
    expect(first?.fix).toContain("`Accept`");
  });

  test("has words of its own in doctor", async () => {
    const { codes, findings } = await examineIssuer(server.issuer);
    expect(codes).toContain("answer_not_acceptable");
    const [found] = findings.filter(({ code }) => code === "answer_not_acceptable");
    expect(found?.fix).toContain("Accept");
  });
});

describe("Doctor", () => {
  test("asks for keys as the guard does", async () => {
    server.on("/jwks", knows("application/jwk-set+json", jwks));
    const { checks } = await examineIssuer(server.issuer);
    expect(checks.find(({ title }) => title === "key set")).toMatchObject({ note: `1 key at ${server.origin}/jwks` });
  });

  test("asks an API for JSON first, and takes anything", async () => {
    const wanted: unknown[] = [];
    server.on("/api", (request, response) => {
      wanted.push(request.headers.accept);
      response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    });
    await examineIssuer(server.issuer, { args: ["--url", `${server.origin}/api`] });
    expect(new Set(wanted)).toEqual(new Set(["application/json, */*;q=0.1"]));
  });
});
