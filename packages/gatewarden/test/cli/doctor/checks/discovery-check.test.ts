// Discovery, issuer and key set: an issuer on a real socket that misbehaves in one way at a time.
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DoctorCode } from "../../../../src/cli/doctor/catalogue/catalogue.js";
import { issuerCheck } from "../../../../src/cli/doctor/checks/issuer-check.js";
import { createKey } from "../../../support/forge.js";
import {
  type Answer,
  cut,
  drip,
  gzipBomb,
  hang,
  type IssuerServer,
  json,
  metadataPath,
  oversize,
  redirect,
  reset,
  startIssuer,
  status,
  text,
} from "../../../support/issuer-server.js";
import { audience, type Examination, examine, examineIssuer, expectFinding } from "../_examine.js";

const key = createKey("ES256", "first");
const short = { args: ["--timeout", "1"] };

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer();
  server.publish([key.jwk]);
});
afterEach(() => server.close());

/** Answers at both well-known places. */
function answerMetadata(answer: Answer): void {
  server.on(metadataPath, answer);
  server.on("/.well-known/oauth-authorization-server", answer);
}

const outcomeOf = ({ checks }: Examination, title: string) => checks.find((check) => check.title === title)?.outcome;

const faults: readonly [string, Answer, DoctorCode, string?][] = [
  ["500", status(500), "answer_server_error", "500"],
  ["503", status(503), "answer_server_error", "503"],
  ["403", status(403), "answer_denied", "403"],
  ["401", status(401), "answer_denied", "401"],
  ["406", status(406), "answer_not_acceptable", "406"],
  ["429", status(429), "answer_too_many", "429"],
  ["418", status(418), "answer_status", "418"],
  ["a web page", text("<!doctype html><title>Log in to the wifi</title>"), "answer_html"],
  ["something that is not JSON", text("{"), "answer_html"],
  ["nothing, and keeps the connection", hang, "answer_timeout", "1 s"],
  ["a byte now and again", drip, "answer_timeout", "1 s"],
  ["half of a body", cut, "answer_failed"],
  ["nothing, and drops the connection", reset, "answer_failed", "UND_ERR_SOCKET"],
  ["64 MiB", oversize, "answer_oversize", "512 KiB"],
  ["a compressed bomb", gzipBomb, "answer_oversize", "512 KiB"],
  [
    "a redirect elsewhere",
    redirect("https://login.acme.test/x?secret=s3cret"),
    "answer_redirected",
    "https://login.acme.test/x",
  ],
  [
    "redirects in circles",
    (request, response) => redirect(request.url ?? "")(request, response),
    "answer_redirects_in_circles",
  ],
];

describe("An issuer whose metadata answer is", () => {
  it.each(faults)("%s is found as such", async (_name, answer, code, detail = "") => {
    answerMetadata(answer);
    const seen = await examineIssuer(server.issuer, code === "answer_timeout" ? short : {});
    const { message } = expectFinding(seen, code, `${server.origin}${metadataPath}`, server.origin.slice(7));
    expect(message).toContain(detail);
    expect(seen.codes).toEqual([code]);
    expect(outcomeOf(seen, "discovery")).toBe("error");
    expect(outcomeOf(seen, "key set")).toBe("skipped");
    expect(seen.exitCode).toBe(1);
    expect(seen.out).not.toContain("s3cret");
  });

  it("JSON with the wrong form names no issuer", async () => {
    answerMetadata(json("x"));
    expectFinding(await examineIssuer(server.issuer), "issuer_absent", `${server.origin}${metadataPath}`);
  });

  it("not JSON, and no page either, is told apart", async () => {
    answerMetadata((_request, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("OK"));
    expectFinding(await examineIssuer(server.issuer), "answer_not_json", `${server.origin}${metadataPath}`);
  });
});

describe("An issuer whose key set is", () => {
  it.each(faults)("%s is found as such", async (_name, answer, code, detail = "") => {
    server.on("/jwks", answer);
    const seen = await examineIssuer(server.issuer, code === "answer_timeout" ? short : {});
    const { message } = expectFinding(seen, code, `${server.origin}/jwks`, server.origin.slice(7));
    expect(message).toContain(detail);
    expect(seen.codes).toEqual([code]);
    expect(outcomeOf(seen, "issuer match")).toBe("ok");
    expect(outcomeOf(seen, "keys")).toBe("skipped");
  });

  it.each<[string, Answer, DoctorCode, string]>([
    ["not there", status(404), "jwks_not_found", "404"],
    ["JSON of another kind", json({ keys: "x" }), "jwks_malformed", ""],
    ["empty", json({ keys: [] }), "jwks_empty", ""],
    ["endless", json({ keys: Array.from({ length: 2001 }, () => 1) }), "jwks_too_many", "2001"],
  ])("%s is found as such", async (_name, answer, code, detail) => {
    server.on("/jwks", answer);
    const seen = await examineIssuer(server.issuer);
    expect(expectFinding(seen, code, `${server.origin}/jwks`).message).toContain(detail);
    expect(seen.codes).toEqual([code]);
  });
});

describe("A server without metadata for this issuer", () => {
  it("is told from one that is not there", async () => {
    const seen = await examineIssuer(`${server.origin}/tenant`);
    server.on(metadataPath, status(404));
    const url = `${server.origin}/tenant/.well-known/openid-configuration`;
    const none = await examineIssuer(`${server.origin}/tenant`);
    expect(expectFinding(none, "discovery_not_found", url).message).toContain("404");
    expect(none.codes).toEqual(["discovery_not_found"]);
    // At first the root had metadata, which is what was likely meant.
    expectFinding(seen, "discovery_elsewhere", server.issuer);
  });

  it.each([
    ["/realms/acme", "/auth/realms/acme"],
    ["/auth/realms/acme", "/realms/acme"],
    ["", "/oauth2/default"],
    ["/tenant", "/tenant/v2.0"],
  ])("at %j, but for %j, is told where", async (configured, actual) => {
    server.on(metadataPath, status(404));
    const issuer = `${server.origin}${actual}`;
    server.on(`${actual}/.well-known/openid-configuration`, json({ issuer, jwks_uri: `${server.origin}/jwks` }));
    const seen = await examineIssuer(`${server.origin}${configured}`);
    expectFinding(seen, "discovery_elsewhere", issuer, `--issuer=${issuer}`);
  });

  it("that is a Keycloak asks for the realm", async () => {
    server.on(metadataPath, status(404));
    server.on("/realms/master", json({ realm: "master", public_key: "x" }));
    const seen = await examineIssuer(server.issuer);
    expectFinding(seen, "discovery_keycloak", server.issuer, `${server.origin}/realms/<realm>`);
    expect(seen.codes).toEqual(["discovery_keycloak"]);
  });

  it("that looks like a Keycloak is told how realms are written", async () => {
    server.on(metadataPath, status(404));
    const seen = await examineIssuer(`${server.origin}/realms/Acme`);
    expectFinding(seen, "discovery_not_found", `${server.origin}/realms/Acme`, "/realms/<realm>");
  });
});

describe("Metadata that name another issuer", () => {
  it.each([
    ["slash", (origin: string) => origin, "only the slash at the end differs"],
    ["case", (origin: string) => `${origin}/Realms/Acme`, "only capital letters differs"],
    ["path", (origin: string) => `${origin}/realms/other`, "they have little in common"],
    [
      "scheme",
      (origin: string) => `${origin.replace("http:", "https:")}/realms/acme`,
      "only the scheme (http or https)",
    ],
    ["host", (origin: string) => `${origin.replace("127.0.0.1", "login.acme.test")}/realms/acme`, "only the host (`"],
    ["port", (origin: string) => `${origin.replace(/\d+$/, "1")}/realms/acme`, "only the port ("],
  ])("show where it differs: %s", async (part, write, words) => {
    const issuer = part === "slash" ? server.issuer : `${server.origin}/realms/acme`;
    const actual = write(server.origin);
    const path = new URL(issuer).pathname.replace(/\/$/, "");
    server.on(`${path}${metadataPath}`, json({ issuer: actual, jwks_uri: `${server.origin}/jwks` }));
    const seen = await examineIssuer(issuer);
    const finding = expectFinding(seen, "issuer_mismatch", actual, `--issuer=${actual}`);
    expect(finding.message).toContain(words);
    expect(finding).toMatchObject({ expected: issuer, actual });
    expect(seen.codes).toEqual(["issuer_mismatch"]);
  });

  it("lead to a list of tenants where they are for all of them, as at Entra's `common`", async () => {
    const actual = "https://login.microsoftonline.com/{tenantid}/v2.0";
    answerMetadata(json({ issuer: actual, jwks_uri: `${server.origin}/jwks` }));
    const seen = await examineIssuer(server.issuer);
    expectFinding(seen, "issuer_every_tenant", server.issuer, "isTenantAllowed");
    expect(seen.codes).toEqual(["issuer_every_tenant"]);
  });

  it("are to be set where a domain cannot say them", async () => {
    answerMetadata(json({ issuer: server.origin, jwks_uri: `${server.origin}/jwks` }));
    const seen = await examine({ env: { AUTH0_DOMAIN: server.origin.slice("http://".length), AUDIENCE: audience } });
    expectFinding(seen, "issuer_mismatch", server.origin, `ISSUER_BASE_URL=${server.origin} in place of AUTH0_DOMAIN`);
  });

  it("cannot write to the terminal", async () => {
    const actual = "https://evil.test/\u001b]0;owned\u0007\u202e";
    answerMetadata(json({ issuer: actual, jwks_uri: `${server.origin}/jwks` }));
    const seen = await examineIssuer(server.issuer);
    expect(expectFinding(seen, "issuer_mismatch", "https://evil.test/").message).toContain(
      "\\u001b]0;owned\\u0007\\u202e",
    );
    for (const char of ["\u001b", "\u0007", "\u202e"]) expect(seen.out).not.toContain(char);
  });
});

describe("Metadata with a jwks_uri", () => {
  it.each<[string, unknown, DoctorCode, string]>([
    ["that is missing", undefined, "jwks_uri_absent", "openid-configuration"],
    ["over plain http", "http://login.acme.test/jwks", "jwks_uri_insecure", "http://login.acme.test/jwks"],
    ["that is no URL", "jwks.json", "jwks_uri_insecure", "jwks.json"],
  ])("%s are refused", async (_name, jwksUri, code, value) => {
    answerMetadata(json({ issuer: server.issuer, jwks_uri: jwksUri }));
    const seen = await examineIssuer(server.issuer);
    expectFinding(seen, code, value);
    expect(seen.codes).toEqual([code]);
  });

  it("that is bad are not blamed for a slash that a base URL leaves open", async () => {
    answerMetadata(json({ issuer: server.issuer, jwks_uri: "http://login.acme.test/jwks" }));
    const seen = await examine({ env: { ISSUER_BASE_URL: server.origin, AUDIENCE: audience } });
    expect(seen.codes).toEqual(["jwks_uri_insecure"]);
  });

  it("that the library refuses for a reason of its own are shown with that", async () => {
    const content = { issuer: server.issuer, jwks_uri: `${server.origin}/jwks` };
    const document = { url: server.issuer, content, metadata: undefined, problem: "it is a Tuesday" };
    const facts = { issuers: [server.issuer], issuerOption: "AUTH0_DOMAIN", document } as const;
    const { findings } = await issuerCheck.run({} as never, facts);
    expectFinding({ findings } as never, "metadata_refused", "it is a Tuesday", "AUTH0_DOMAIN");
  });

  it("on another origin are worth knowing", async () => {
    const other = await startIssuer();
    other.publish([key.jwk]);
    answerMetadata(json({ issuer: server.issuer, jwks_uri: `${other.origin}/jwks` }));
    const seen = await examineIssuer(server.issuer);
    expectFinding(seen, "jwks_other_origin", `${other.origin}/jwks`);
    expect(seen.codes).toEqual([]);
    await other.close();
  });
});

describe("A port that speaks something else", () => {
  it("is told from an issuer that is down", async () => {
    const other = createServer(
      (socket) =>
        void socket
          .on("error", () => {})
          .resume()
          .end("220 smtp.acme.test ESMTP\r\n"),
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    const seen = await examineIssuer(`http://127.0.0.1:${port}/`);
    expect(expectFinding(seen, "answer_failed", `127.0.0.1:${port}`).message).toContain("HPE_");
    await new Promise((resolve) => other.close(resolve));
  });
});
