// The command itself: arguments, exit codes, what goes to which stream, and that it always ends.
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { defineCheck } from "../../../src/cli/doctor/define-check.js";
import { runChecks } from "../../../src/cli/doctor/doctor.js";
import { createRecorder } from "../../../src/cli/doctor/recorder.js";
import { main } from "../../../src/cli/main.js";
import { type Fetch, globalFetch } from "../../../src/platform/fetch.js";
import { audience, expectFinding, run, surround } from "./_examine.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());

const healthy = () => surround({ env: { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience } });
const broken = () => surround({ env: { ISSUER_BASE_URL: "https://your-tenant.auth0.com/" } });

describe("The command line", () => {
  test.each([
    [["--nonsense"], "--nonsense"],
    [["positional"], "positional"],
    [["--issuer"], "--issuer"],
    [["--timeout", "never"], "--timeout"],
    [["--timeout", "0"], "--timeout"],
    [["--timeout", "61"], "--timeout"],
    [["--url", "api.acme.test"], "--url"],
    [["--origin", "https://app.acme.test"], "--origin needs --url"],
    [["--url", "https://api.acme.test/", "--origin", "https://app.acme.test/"], "--origin"],
  ])("%j is not understood: exit code 2", async (args, words) => {
    const { exitCode, out, error } = await run(args, healthy());
    expect([exitCode, out]).toEqual([2, ""]);
    expect(error).toContain(words);
    expect(error).toContain("gatewarden doctor");
  });

  test.each(["--help", "-h"])("%s shows all options", async (flag) => {
    const { exitCode, out } = await run([flag], broken());
    expect(exitCode).toBe(0);
    for (const option of ["env-file", "issuer", "audience", "url", "origin", "timeout", "json"]) {
      expect(out).toContain(`--${option}`);
    }
  });

  test("reaches doctor as a command of gatewarden", async () => {
    let out = "";
    const write = (text: string) => {
      out += text;
    };
    const streams = { out: write, error: () => {}, input: async () => "" };
    expect(await main(["doctor", "--help"], streams)).toBe(0);
    expect(out).toContain("--env-file");
    expect(await main(["--help"], streams)).toBe(0);
    expect(out).toMatch(/^ {2}doctor {2,}/m);
  });

  test("looks at the environment that main was given", async () => {
    const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
    let out = "";
    const write = (text: string) => {
      out += text;
    };
    const env = { ISSUER_BASE_URL: "https://your-tenant.auth0.com/", AUDIENCE: audience };
    expect(await main(["doctor"], { out: write, error: () => {}, input: async () => "", env })).toBe(1);
    expect(out).toContain("variable_placeholder: ");
    // A caller with its own streams also ends the process itself.
    expect(exit).not.toHaveBeenCalled();
    exit.mockRestore();
  });
});

describe("The report", () => {
  test("lists every check and sums up: exit code 0", async () => {
    const { exitCode, out, error } = await run([], healthy());
    expect([exitCode, error]).toEqual([0, ""]);
    const titles = out
      .split("\n\n")[0]
      ?.split("\n")
      .map((line) => /^\+ ok +([\w ]+?)(:|$)/.exec(line)?.[1]);
    expect(titles).toEqual([
      ...["variable files", "configuration", "local tenant", "environment", "DNS", "TCP", "TLS", "proxy"],
      ...["discovery", "issuer match", "key set", "keys", "audience", "clock"],
    ]);
    expect(out).toMatch(/\n\nAll is well\.\n$/);
  });

  test("has the gravest first, with its fix: exit code 1", async () => {
    const { exitCode, out } = await run([], broken());
    expect(exitCode).toBe(1);
    expect(out).toContain("x error   configuration");
    expect(out).toContain("- skipped DNS");
    expect(out.indexOf("\nerror ")).toBeLessThan(out.indexOf("\nnote "));
    expect(out).toMatch(/variable_placeholder: .+\n {2}fix: .+\n/);
    expect(out).toMatch(/\n2 errors, 0 warnings\.\n$/);
  });

  test("as JSON is one document on standard output; progress goes to standard error", async () => {
    const { out, error } = await run(["--json"], healthy());
    expect(JSON.parse(out)).toMatchObject({ ok: true, findings: [], checks: expect.any(Array) });
    expect(error).toContain("+ ok      discovery");
    expect(JSON.parse((await run(["--json"], broken())).out).ok).toBe(false);
  });

  test("overwrites a line on a terminal only", async () => {
    const slow: Fetch = async (...call) => {
      await new Promise((resolve) => void setTimeout(resolve, 700));
      return globalFetch(...call);
    };
    const { error } = await run([], { ...healthy(), fetch: slow }, 80);
    expect(error).toContain("\r\u001b[2K| discovery");
    expect(error.endsWith("\r\u001b[2K")).toBe(true);
    expect((await run([], healthy())).error).not.toContain("\u001b");
    expect((await run(["--json"], healthy())).error).not.toContain("\u001b");
  });

  test("tells the process when all is said", async () => {
    const finish = vi.fn();
    await run([], { ...healthy(), finish });
    expect(finish).toHaveBeenCalledOnce();
  });
});

describe("A run", () => {
  const options = {
    ...{
      config: undefined,
      discoveryUrl: undefined,
      issuer: undefined,
      audience: undefined,
      envFile: undefined,
      url: undefined,
      origin: undefined,
    },
    timeout: 0.01,
  };
  const context = { ...surround(), options, recorder: createRecorder({ fetch, now: () => 0 }) };
  const silent = { started: () => {}, ended: () => {} };
  const examined = (checks: Parameters<typeof runChecks>[0]) => runChecks(checks, context, silent);
  const asExamination = (diagnosis: Awaited<ReturnType<typeof examined>>) =>
    ({ ...diagnosis, exitCode: 0, codes: [], out: "", error: "" }) as never;

  test("goes on after a check that breaks, and says so", async () => {
    const seen = await examined([
      defineCheck({ title: "first", needs: [], run: () => Promise.reject(new Error("disk on fire")) }),
      defineCheck({ title: "second", needs: [], run: () => ({ findings: [], note: "seen" }) }),
    ]);
    expect(expectFinding(asExamination(seen), "check_broken", "first").message).toContain("disk on fire");
    expect(seen.checks.map(({ outcome }) => outcome)).toEqual(["error", "ok"]);
  });

  test("skips what lacks its needs, and what needs that", async () => {
    const seen = await examined([
      defineCheck({ title: "first", needs: [], run: () => ({ findings: [] }) }),
      defineCheck({ title: "second", needs: ["audience"], run: () => ({ findings: [], facts: { trust: true } }) }),
      defineCheck({ title: "third", needs: ["trust"], run: () => ({ findings: [] }) }),
    ]);
    expect(seen.checks.map(({ outcome }) => outcome)).toEqual(["ok", "skipped", "skipped"]);
    expect(expectFinding(asExamination(seen), "checks_skipped", "second, third", "").severity).toBe("info");
  });

  test("ends when all its time is over, whatever a check does", async () => {
    const forever = defineCheck({ title: "forever", needs: [], run: () => new Promise(() => {}) });
    const after = defineCheck({ title: "after", needs: [], run: () => ({ findings: [] }) });
    const seen = await examined([forever, after]);
    expectFinding(asExamination(seen), "out_of_time", "forever", "--timeout 0.02");
    expect(seen.checks.map(({ outcome }) => outcome)).toEqual(["error", "skipped"]);
  });
});

describe("Secrets", () => {
  test("in the environment are never shown", async () => {
    const env = {
      ...{ ISSUER_BASE_URL: tenant.issuer, AUDIENCE: audience, AUTH0_CLIENT_SECRET: "s3cret-one" },
      ...{ HTTP_PROXY: "http://bob:s3cret-two@127.0.0.1:1", API_TOKEN: "s3cret-three" },
    };
    for (const args of [[], ["--json"]]) {
      const { out, error } = await run(args, surround({ env }));
      expect(out + error).not.toContain("s3cret");
    }
  });
});

describe("Links", () => {
  test("name the page of each finding where the address of the documentation is known", async () => {
    const env = { ISSUER_BASE_URL: "https://your-tenant.auth0.com/", GATEWARDEN_DOCS: "https://docs.example.test" };
    const { out } = await run([], surround({ env }));
    expect(out).toMatch(/\n {2}see: https:\/\/docs\.example\.test\/doctor\/\w+\n/);
    const report = JSON.parse((await run(["--json"], surround({ env }))).out);
    for (const { code, see } of report.findings) expect(see).toBe(`https://docs.example.test/doctor/${code}`);
  });

  test("are left out where it is not", async () => {
    expect((await run([], broken())).out).not.toContain("see:");
  });
});
