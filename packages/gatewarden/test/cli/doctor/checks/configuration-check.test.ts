// Variables and files: each slip has its own code, and the message says which variable and which value.
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DoctorCode } from "../../../../src/cli/doctor/catalogue/catalogue.js";
import { audience, examine, expectFinding } from "../_examine.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());

const withIssuer = (env: Record<string, string>) => ({ env: { ISSUER_BASE_URL: tenant.issuer, ...env } });
const files = (contents: Record<string, string>) => ({
  cwd: "/srv/api",
  readFile: async (path: string) => {
    const text = contents[path.replace("/srv/api/", "")];
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return text;
  },
});

describe("A healthy configuration", () => {
  it("is read from the environment, and nothing is found", async () => {
    const seen = await examine(withIssuer({ AUDIENCE: tenant.audience }));
    expect(seen.findings).toEqual([]);
    expect(seen.exitCode).toBe(0);
    expect(seen.checks.map(({ outcome }) => outcome)).toEqual(seen.checks.map(() => "ok"));
    expect(seen.checks.find(({ title }) => title === "configuration")?.note).toContain(tenant.issuer);
  });

  it("may come from a file", async () => {
    const file = `ISSUER_BASE_URL=${tenant.issuer}\nAUDIENCE="${tenant.audience}"\n`;
    const seen = await examine({ args: ["--env-file", ".env"], ...files({ ".env": file }) });
    expect(seen.findings).toEqual([]);
  });
});

describe("An issuer variable", () => {
  it.each<[string, DoctorCode, string, string]>([
    ["", "variable_empty", "AUTH0_DOMAIN", "AUTH0_DOMAIN=acme.eu.auth0.com"],
    ["your-tenant.auth0.com", "variable_placeholder", '"your-tenant.auth0.com"', '"your-tenant.auth0.com"'],
    ['"acme.eu.auth0.com"', "variable_quoted", '"acme.eu.auth0.com"', "AUTH0_DOMAIN=acme.eu.auth0.com"],
    ["acme.eu.auth0.com # mine", "variable_malformed", "acme.eu.auth0.com # mine", "AUTH0_DOMAIN"],
    ["acme.eu.auth0.com/api/v2/", "variable_malformed", "a domain has no path", "AUTH0_DOMAIN"],
    ["http://acme.eu.auth0.com", "variable_malformed", "http://acme.eu.auth0.com", "AUTH0_DOMAIN"],
  ])("that is %j is found as %s", async (AUTH0_DOMAIN, code, value, inFix) => {
    const seen = await examine({ env: { AUTH0_DOMAIN, AUTH0_AUDIENCE: audience } });
    expectFinding(seen, code, value, inFix);
    expect(seen.codes).toEqual([code]);
    expect(seen.exitCode).toBe(1);
  });

  it.each<[string, (issuer: string) => string, DoctorCode]>([
    ["ends in a carriage return", (issuer) => `${issuer}\r`, "variable_line_end"],
    ["has blanks around it", (issuer) => ` ${issuer} `, "variable_blanks"],
  ])("that %s is a warning, since it works here", async (_name, write, code) => {
    const seen = await examine({ env: { ISSUER_BASE_URL: write(tenant.issuer), AUDIENCE: tenant.audience } });
    expectFinding(seen, code, "ISSUER_BASE_URL");
    expect(seen.codes).toEqual([code]);
    expect(seen.exitCode).toBe(0);
  });

  it("shows the line end", async () => {
    const seen = await examine({ env: { ISSUER_BASE_URL: `${tenant.issuer}\r`, AUDIENCE: tenant.audience } });
    expect(expectFinding(seen, "variable_line_end", "ISSUER_BASE_URL").message).toContain(`${tenant.issuer}\\r"`);
  });

  it("may have a scheme in AUTH0_DOMAIN, which is worth knowing only", async () => {
    const seen = await examine({ env: { AUTH0_DOMAIN: tenant.issuer, AUDIENCE: tenant.audience } });
    expectFinding(seen, "domain_with_scheme", tenant.issuer, `AUTH0_DOMAIN=127.0.0.1:${tenant.port}`);
    expect(seen.codes).toEqual([]);
  });

  it("that is missing is asked for, with an example", async () => {
    const seen = await examine({ env: { AUDIENCE: audience } });
    expectFinding(seen, "variable_missing", "AUTH0_DOMAIN nor ISSUER_BASE_URL", "AUTH0_DOMAIN=acme.eu.auth0.com");
    expect(seen.codes).toEqual(["variable_missing"]);
  });

  it("that has another library's name is pointed out", async () => {
    const seen = await examine({ env: { AUTH0_ISSUER_BASE_URL: tenant.issuer, AUDIENCE: audience } });
    expectFinding(seen, "variable_unread", "AUTH0_ISSUER_BASE_URL", "ISSUER_BASE_URL");
    expect(seen.codes).toEqual(["variable_missing", "variable_unread"]);
  });

  it("must agree with its other spelling", async () => {
    const env = {
      AUTH0_DOMAIN: "acme.eu.auth0.com",
      ISSUER_BASE_URL: "https://other.eu.auth0.com",
      AUDIENCE: audience,
    };
    const seen = await examine({ env });
    const { message } = expectFinding(seen, "variables_disagree", "AUTH0_DOMAIN");
    for (const part of ["acme.eu.auth0.com", "ISSUER_BASE_URL", "https://other.eu.auth0.com"]) {
      expect(message).toContain(part);
    }
    expect(seen.codes).toEqual(["variables_disagree"]);
  });

  it("never shows a password in it", async () => {
    const seen = await examine({ env: { ISSUER_BASE_URL: "https://bob:s3cret@idp.acme.test/", AUDIENCE: audience } });
    expectFinding(seen, "variable_malformed", "idp.acme.test", "ISSUER_BASE_URL");
    expect(seen.out + seen.error).not.toContain("s3cret");
  });
});

describe("An audience variable", () => {
  it.each<[string, DoctorCode, string]>([
    ["", "variable_empty", "AUTH0_AUDIENCE"],
    ["YOUR_API_IDENTIFIER", "variable_placeholder", "YOUR_API_IDENTIFIER"],
    ["'https://api.acme.test'", "variable_quoted", "AUTH0_AUDIENCE"],
  ])("that is %j is found as %s", async (AUTH0_AUDIENCE, code, value) => {
    const seen = await examine(withIssuer({ AUTH0_AUDIENCE }));
    expectFinding(seen, code, value);
    expect(seen.codes).toEqual([code]);
  });

  it("must agree with its other spelling", async () => {
    const seen = await examine(withIssuer({ AUTH0_AUDIENCE: audience, AUDIENCE: "https://other.test" }));
    expectFinding(seen, "variables_disagree", "https://other.test", "AUTH0_AUDIENCE");
  });

  it("that is missing does not keep the issuer from being looked at", async () => {
    const seen = await examine(withIssuer({}));
    expectFinding(seen, "variable_missing", "AUTH0_AUDIENCE nor AUDIENCE", "AUTH0_AUDIENCE=https://api.acme.com");
    const outcomes = Object.fromEntries(seen.checks.map(({ title, outcome }) => [title, outcome]));
    expect(outcomes).toMatchObject({ discovery: "ok", keys: "ok", clock: "ok", audience: "skipped" });
    expectFinding(seen, "checks_skipped", "audience", "again");
  });
});

describe("An option", () => {
  it.each<[string[], DoctorCode, string]>([
    [["--issuer", "acme", "--audience", audience], "variable_malformed", "--issuer"],
    [["--issuer", "http://acme.test/", "--audience", audience], "variable_malformed", "--issuer"],
    [["--issuer", "https://acme.invalid/", "--audience", "YOUR_API"], "variable_malformed", "--audience"],
  ])("%j is found as %s", async (args, code, value) => {
    const seen = await examine({ args });
    expect(expectFinding(seen, code, value).message).not.toContain("For example");
  });
});

describe("A file of variables", () => {
  it("that cannot be read is an error, and nothing else is looked at", async () => {
    const seen = await examine({ args: ["--env-file", "conf/.env"], ...files({}) });
    expectFinding(seen, "env_file_unreadable", "conf/.env", "/srv/api");
    expect(seen.codes).toEqual(["env_file_unreadable"]);
  });

  it("that lies there unloaded is the reason why variables are missing", async () => {
    const file =
      "# local\nAUTH0_DOMAIN=acme.eu.auth0.com\nAUTH0_AUDIENCE=https://api.acme.com\nAUTH0_CLIENT_SECRET=s3cret\n";
    const seen = await examine(files({ ".env": file }));
    const { message, fix } = expectFinding(seen, "env_file_not_loaded", ".env");
    expect(message).toContain("AUTH0_DOMAIN, AUTH0_AUDIENCE");
    expect(fix).toContain("--env-file .env");
    expect(seen.out).not.toContain("s3cret");
  });

  it("is no matter where the environment has all that it sets", async () => {
    const env = { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience };
    const seen = await examine({ env, ...files({ ".env": "AUDIENCE=x\nPORT=3000\n" }) });
    expect(seen.findings).toEqual([]);
  });

  it.each<[string, (file: string) => string, DoctorCode, string]>([
    ["Windows line ends", (text) => text.replaceAll("\n", "\r\n"), "env_file_line_ends", ".env"],
    ["a byte order mark", (text) => `\uFEFF${text}`, "env_file_byte_order_mark", "ISSUER_BASE_URL"],
    ["NODE_EXTRA_CA_CERTS", (text) => `${text}NODE_EXTRA_CA_CERTS=/ca.pem\n`, "extra_ca_too_late", ".env"],
  ])("with %s is found out", async (_name, change, code, value) => {
    const file = change(`ISSUER_BASE_URL=${tenant.issuer}\nAUDIENCE=${tenant.audience}\n`);
    const seen = await examine({ args: ["--env-file", ".env"], ...files({ ".env": file }) });
    expectFinding(seen, code, value, code === "env_file_byte_order_mark" ? ".env" : value);
  });

  it("gives way to the environment, and says so", async () => {
    const file = `ISSUER_BASE_URL=https://other.test/\nAUDIENCE=${tenant.audience}\n`;
    const seen = await examine({ ...withIssuer({}), args: ["--env-file", ".env"], ...files({ ".env": file }) });
    const { message } = expectFinding(seen, "env_file_overruled", tenant.issuer, "ISSUER_BASE_URL");
    expect(message).toContain("https://other.test/");
    expect(seen.codes).toEqual(["env_file_overruled"]);
  });
});
