// Servers that answer with JSON of any kind: doctor says what is wrong, and no check breaks
// (CWE-248).
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKey } from "../../support/forge.js";
import { type IssuerServer, metadataPath, startIssuer } from "../../support/issuer-server.js";
import { listen } from "../../support/listen.js";
import { good, openClinic, refuse } from "./_api.js";
import { type Examination, examineIssuer } from "./_examine.js";

const rsa = createKey("RS256", "rsa");
const { keep, examineApi, tenant } = openClinic();

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer();
});
afterEach(() => server.close());

const odd = [
  ...['{"toString":1}', '{"toJSON":1,"valueOf":1}', '[{"toString":1}]', '{"length":4294967296}', '{"__proto__":1}'],
  ...["null", "[]", "[[[]]]", "1e999", "-1", '""', '"http://["', `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
];

const write = (text: string) => (_request: unknown, response: ServerResponse) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(text);

function expectNoneBroken({ findings, exitCode }: Examination): void {
  expect(findings.filter(({ code }) => code === "check_broken" || code === "out_of_time")).toEqual([]);
  expect([0, 1]).toContain(exitCode);
}

describe.each(odd.map((text) => [text.slice(0, 30), text] as const))("JSON such as %s", (_name, text) => {
  test("as the metadata of the issuer, or in it, breaks no check", async () => {
    const { issuer } = server;
    for (const document of [text, `{"issuer":${text}}`, `{"issuer":"${issuer}","jwks_uri":${text}}`]) {
      server.on(metadataPath, write(document));
      expectNoneBroken(await examineIssuer(issuer));
    }
  });

  test("as a key set, or in it, breaks no check", async () => {
    const members = Object.entries({ ...rsa.jwk, alg: "RS256", x5c: [] }).map(([name, value]) => [
      name,
      JSON.stringify(value),
    ]);
    const keys = members.map(([changed]) => {
      const parts = members.map(([name, value]) => `"${name}":${name === changed ? text : value}`);
      return `{${parts.join(",")},"crv":${text}}`;
    });
    for (const set of [text, `{"keys":${text}}`, `{"keys":[${text},${keys.join(",")}]}`]) {
      server.on("/jwks", write(set));
      expectNoneBroken(await examineIssuer(server.issuer));
    }
  });

  test("as the metadata of an API, or in it, breaks no check", async () => {
    for (const document of [text, `{"resource":${text}}`, `{"resource":"x","authorization_servers":${text}}`]) {
      const api = keep(
        await listen((request, response) => {
          if (request.url === "/metadata") return write(document)(request, response);
          response.setHeader("www-authenticate", `Bearer resource_metadata="http://${request.headers.host}/metadata"`);
          refuse(response, { status: (request.headersDistinct["authorization"] ?? []).length > 1 ? 400 : 401 });
        }),
      );
      const seen = await examineApi(`${api.origin}/api`);
      expectNoneBroken(seen);
      expect(seen.codes).toContain("api_metadata_issuer");
    }
  });

  test("as the refusal of an API breaks no check", async () => {
    const api = keep(
      await listen((request, response) => {
        response.setHeader("www-authenticate", "Bearer");
        refuse(response, { body: request.url?.includes("?") ? text : `{"error":${text},"message":${text}}` });
      }),
    );
    expectNoneBroken(await examineApi(`${api.origin}/api`));
  });
});

test("an API that answers well is well: the nearest valid neighbour", async () => {
  const api = keep(await listen(good));
  expect((await examineApi(`${api.origin}/api`)).codes).toEqual([]);
  expect(tenant().issuer).toMatch(/^http:/);
});
