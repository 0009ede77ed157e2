// Links to the documentation: where its address is known, each reason and each finding of doctor names its page.
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { doctorCatalogue } from "../../src/cli/doctor/catalogue/catalogue.js";
import { main } from "../../src/cli/main.js";
import { readDocumentation, toDocumentationPath } from "../../src/explain/documentation.js";
import { AuthError, catalogue } from "../../src/index.js";
import { audience, guardWith, issuer } from "../support/keys.js";

const base = "https://docs.example.test/gatewarden/";
const page = `${base}reasons/token_malformed`;

async function explain(env: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<string> {
  let out = "";
  await main(["explain", "no.to.ken", "--issuer", issuer, "--audience", audience, ...flags], {
    env,
    input: async () => "",
    error: () => {},
    out: (text) => {
      out += text;
    },
  });
  return out;
}

describe("The path of a code", () => {
  test.each(Object.keys(catalogue))("%s is that of a reason", (code) => {
    expect(toDocumentationPath("reasons", code)).toBe(`reasons/${code}`);
  });

  test("holds nothing but the letters of a code", () => {
    expect(toDocumentationPath("reasons", "../x y")).toBeUndefined();
    expect(toDocumentationPath("doctor", "A?b")).toBeUndefined();
  });
});

describe("The address of the documentation", () => {
  test.each([
    ["https://docs.example.test", "https://docs.example.test/"],
    ["https://docs.example.test/x", "https://docs.example.test/x/"],
    ["http://localhost:5173/", "http://localhost:5173/"],
  ])("%s is taken from GATEWARDEN_DOCS", (given, expected) => {
    expect(readDocumentation({ GATEWARDEN_DOCS: given })).toBe(expected);
  });

  test.each([
    [undefined],
    [""],
    ["docs"],
    ["javascript:alert(1)"],
    ["https://a:b@docs.example.test/"],
    ["https://x/?a=b"],
  ])("%j is none", (given) => {
    expect(readDocumentation({ GATEWARDEN_DOCS: given })).toBeUndefined();
  });
});

describe("gatewarden explain", () => {
  test("names the page of a reason, as text and as JSON", async () => {
    expect(await explain({ GATEWARDEN_DOCS: base })).toContain(`\n  see: ${page}\n`);
    const [finding] = JSON.parse(await explain({ GATEWARDEN_DOCS: base }, "--json"));
    expect(finding).toMatchObject({ code: "token_malformed", see: page });
  });

  test("prints no link where the address is not known", async () => {
    expect(await explain({})).not.toContain("see:");
    expect(JSON.parse(await explain({}, "--json"))[0]).not.toHaveProperty("see");
  });
});

test("a refusal in development names its page", async () => {
  const guard = guardWith({ explain: "development" });
  await guard.ready();
  vi.stubEnv("GATEWARDEN_DOCS", base);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(guard.refusal(new AuthError("expired")).body).toMatchObject({ see: `${base}reasons/expired` });
  vi.stubEnv("GATEWARDEN_DOCS", undefined);
  expect(guard.refusal(new AuthError("expired")).body).not.toHaveProperty("see");
});

test("a refusal elsewhere names none", async () => {
  const guard = guardWith();
  await guard.ready();
  vi.stubEnv("GATEWARDEN_DOCS", base);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(guard.refusal(new AuthError("expired")).body).not.toHaveProperty("see");
});

test("every code of doctor fits into an address", () => {
  for (const code of Object.keys(doctorCatalogue)) expect(toDocumentationPath("doctor", code)).toBe(`doctor/${code}`);
});
