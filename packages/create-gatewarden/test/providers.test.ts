// Each provider of the table: its preset takes the examples, and the file that is written is code
// that the library takes.
import { ConfigError, createGuard, type GuardOptions } from "gatewarden";
import * as presets from "gatewarden/providers";
import { describe, expect, test } from "vitest";
import { askProviderValues } from "../src/ask.js";
import { findProviderProblem } from "../src/check-provider.js";
import { toFlagName } from "../src/flags.js";
import { frameworks, testRunners } from "../src/frameworks.js";
import { isInCode } from "../src/guard-code.js";
import { packageManagers } from "../src/package-managers.js";
import { createFiles } from "../src/project.js";
import type { ProviderRow } from "../src/provider-row.js";
import { providers } from "../src/providers.js";
import { evaluateModule } from "./support/evaluate.js";

const [framework] = frameworks;
const [tests] = testRunners;
const [manager] = packageManagers;

/** The examples of what is asked, and of what stands in its place. */
function toExamples({ arguments: all }: ProviderRow): Record<string, string> {
  return Object.fromEntries(all.filter(({ isOptional }) => !isOptional).map(({ name, example }) => [name, example]));
}

function toFiles(provider: ProviderRow, values: Record<string, string>): ReadonlyMap<string, string> {
  if (!framework || !tests || !manager) throw new Error("The tables are empty");
  return createFiles({ name: "my-api", framework, tests, manager, provider, values });
}

const chosen = providers.filter(({ preset }) => preset !== undefined);

test("every preset of the library can be chosen, unless it is made from another one", () => {
  const functions = Object.entries(presets).filter(([, value]) => typeof value === "function");
  const names = functions.map(([name]) => name).filter((name) => name !== "awsAlb" && name !== "createClusterFetch");
  expect(chosen.map(({ preset }) => preset).toSorted()).toEqual(names.toSorted());
});

describe.each(providers)("$id", (row) => {
  test("the examples are accepted, by themselves and as flags", async () => {
    expect(findProviderProblem(row, toExamples(row))).toBeUndefined();
    const flags = Object.fromEntries(Object.entries(toExamples(row)).map(([name, value]) => [toFlagName(name), value]));
    expect(await askProviderValues(row, { flags, isDefault: true, prompter: undefined })).toEqual(toExamples(row));
  });

  const optional = row.arguments.filter(({ isOptional }) => isOptional);
  test.each(optional)("$name is accepted, beside or in place of what is asked", ({ name, example }) => {
    const others = row.arguments.filter((one) => !one.isOptional && !one.unless?.includes(name));
    const values = Object.fromEntries([...others, { name, example }].map((one) => [one.name, one.example]));
    // Domain and audience of AuthKit are for each other.
    const both = row.id === "workos" && name === "domain" ? { audience: "https://api.acme.com" } : {};
    expect(findProviderProblem(row, { ...values, ...both })).toBeUndefined();
  });

  const needed = row.arguments.filter(({ isOptional }) => !isOptional);
  test.each(needed)("without $name it says what is missing, with an example", async ({ name, example }) => {
    const { [name]: _left, ...others } = toExamples(row);
    const flags = Object.fromEntries(Object.entries(others).map(([one, value]) => [toFlagName(one), value]));
    const asking = askProviderValues(row, { flags, isDefault: false, prompter: undefined });
    await expect(asking).rejects.toThrow(`needs --${toFlagName(name)}. For example: --${toFlagName(name)} ${example}`);
  });

  test.each(needed)("an empty $name is refused by its flag", ({ name }) => {
    const problem = findProviderProblem(row, { ...toExamples(row), [name]: " " });
    expect(problem?.argument).toBe(name);
    expect(problem?.message).toMatch(new RegExp(`^--${toFlagName(name)} `));
  });

  test("the files that are written make a guard", async () => {
    const files = toFiles(row, toExamples(row));
    const environment = readEnvironment(files.get(".env.example") ?? "");
    if (!isInCode(row)) {
      expect(createGuard({ env: environment })).toBeDefined();
      return;
    }
    expect(environment).not.toHaveProperty("AUDIENCE");
    const source = files.get("src/guard.ts") ?? "";
    const seen: GuardOptions[] = [];
    const gatewarden = { createGuard: (options: GuardOptions) => void seen.push(options) };
    const module = await evaluateModule(source, { gatewarden, "gatewarden/providers": { ...presets } });
    (module["createApiGuard"] as () => void)();
    expect(createGuard({ ...seen[0], env: {} })).toBeDefined();
    const others = [...(row.header ? ["tokenFrom", "trustProxy"] : []), ...(row.isInCluster ? ["fetch"] : [])];
    expect(Object.keys(seen[0] ?? {})).toEqual(["issuer", ...others]);
  });
});

/** The settings of a file, as Node.js reads it. */
function readEnvironment(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => /^[A-Z]/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

describe("A value that would be code or a line of its own", () => {
  const find = (id: string) => providers.find((row) => row.id === id) as ProviderRow;

  test.each(['a", process.exit(), "', "a`b", "a\\", "$&", "a // b", "a */ b"])("%s stays text", async (audience) => {
    const row = find("okta");
    const values = { domain: "acme.okta.com", audience };
    expect(findProviderProblem(row, values)).toBeUndefined();
    const seen: unknown[] = [];
    const gatewarden = {
      createGuard: (options: { issuer: { audience: string } }) => void seen.push(options.issuer.audience),
    };
    const module = await evaluateModule(toFiles(row, values).get("src/guard.ts") ?? "", {
      gatewarden,
      "gatewarden/providers": { ...presets },
    });
    (module["createApiGuard"] as () => void)();
    expect(seen).toEqual([audience]);
  });

  test.each(["a\nSECRET=b", "a\u2028b", "a\u0000", "a\u001b[2J"])("%j is refused", (audience) => {
    const problem = findProviderProblem(find("oidc"), { issuer: "https://login.acme.com/", audience });
    expect(problem?.message).toBe("--audience must not contain control characters");
  });

  test("a flag of another provider is refused: it would not be read", async () => {
    const flags = { domain: "acme.eu.auth0.com", audience: "https://api.acme.com", realm: "acme" };
    await expect(askProviderValues(find("auth0"), { flags, isDefault: true, prompter: undefined })).rejects.toThrow(
      "--realm is not for --provider auth0, which takes --domain, --audience",
    );
  });

  test("what the library says is said by the flag", () => {
    const problem = findProviderProblem(find("cognito"), {
      region: "eu-central-1",
      userPoolId: "us-east-1_AbC",
      clientId: "57cbishk4j24pabc1234567890",
    });
    expect(problem?.message).toMatch(/^--user-pool-id is "us-east-1_AbC"; it must begin with its region/);
    expect(() => presets.auth0({ domain: "https://x", audience: "a" })).toThrow(ConfigError);
  });
});
