// `gatewarden keys`: real processes of the built command beside a real tenant. What a flag does, the
// documented HTTP call does too.
import { decodeProtectedHeader } from "jose";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { signingAlgorithms } from "../../src/config/algorithms.js";
import type { Tenant } from "../../src/index.js";
import { call } from "../support/call.js";
import * as session from "../support/cli-session.js";
import { verify } from "../support/client.js";
import { runCommand } from "../support/command.js";
import { makeDirectory, startRecordedTenant, startTenant } from "../support/tenants.js";

/** One by the command, one by HTTP. */
let tenant: Tenant;
let twin: Tenant;
let cwd: string;
beforeAll(async () => {
  ({ cwd, tenant } = await startRecordedTenant());
  twin = await startTenant();
});
beforeEach(async () => {
  for (const one of [tenant, twin]) {
    await one.reset("keys");
    // Tokens of keys that are gone are counted no more.
    expect((await statesOf(one)).filter((state) => !state.endsWith("withdrawn"))).toEqual(["RS256 signs"]);
  }
});

const run = (...args: readonly string[]) => runCommand(["keys", ...args], { cwd });

async function keysOf(one: Tenant): Promise<readonly { kid: string; alg: string; state: string; tokens: number }[]> {
  return (await call(one, "GET /dev/keys")).body.keys;
}

const statesOf = async (one: Tenant) => (await keysOf(one)).map(({ alg, state }) => `${alg} ${state}`);
const livingStates = async (one: Tenant) => (await statesOf(one)).filter((state) => !state.endsWith("withdrawn"));

describe("gatewarden keys", () => {
  test("lists each key: its algorithm, what it does, how many tokens it signed and until when they live", async () => {
    const fresh = await startTenant();
    const list = () => runCommand(["keys", "--issuer", fresh.issuer], { cwd });
    const [{ kid = "" } = {}] = await keysOf(fresh);
    expect(await list()).toEqual({ code: 0, out: `Keys:\n  ${kid}  RS256    signs      no tokens\n`, err: "" });
    await fresh.token({ expiresIn: 60 });
    expect((await list()).out).toMatch(/^Keys:\n {2}\S+ {2}RS256 {4}signs {6}1 token, the last until 20\d\d-\S+Z\n$/);
    await fresh.token();
    await fresh.rotateKeys({ algorithm: "ES256" });
    const lines = (await list()).out.trimEnd().split("\n").slice(1);
    expect(lines.map((line) => line.trim().split(/ {2,}/).slice(1, 3))).toEqual([
      ["RS256", "signs"],
      ["ES256", "signs"],
      ["RS256", "verifies"],
    ]);
    expect(lines.at(-1)).toContain("2 tokens, the last until ");
  });

  test("--json is the answer of GET /dev/keys, on one line", async () => {
    const { code, out } = await run("--json");
    expect({ code, document: JSON.parse(out) }).toEqual({
      code: 0,
      document: (await call(tenant, "GET /dev/keys")).body,
    });
    expect(out.split("\n")).toHaveLength(2);
  });

  test.each([
    [["--rotate"], {}, ["RS256 signs", "RS256 verifies"]],
    [["--drop-old"], { dropOld: true }, ["RS256 signs"]],
    [["--rotate", "--drop-old"], { dropOld: true }, ["RS256 signs"]],
    [["--algorithm", "ES256"], { algorithm: "ES256" }, ["RS256 signs", "ES256 signs", "RS256 verifies"]],
    [["--algorithm", "RS256", "--drop-old"], { algorithm: "RS256", dropOld: true }, ["RS256 signs"]],
    [["--algorithm=Ed25519", "--drop-old"], { algorithm: "Ed25519", dropOld: true }, ["RS256 signs", "Ed25519 signs"]],
  ])("%j does what POST /dev/keys %j does", async (args, body, states) => {
    const { access_token } = await tenant.token();
    const { code, err, out } = await run(...args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect((await call(twin, "POST /dev/keys", body)).status).toBe(200);
    expect(await livingStates(tenant)).toEqual(states);
    expect(await livingStates(twin)).toEqual(states);
    for (const { kid } of await keysOf(tenant)) expect(out).toContain(kid);
    const old = verify(tenant, access_token);
    if (args.includes("--drop-old")) await expect(old).rejects.toMatchObject({ code: "ERR_JWKS_NO_MATCHING_KEY" });
    else await old;
    const wanted = "algorithm" in body ? body.algorithm : "RS256";
    expect(decodeProtectedHeader((await tenant.token()).access_token).alg).toBe(wanted);
  });

  test("--withdraw does what DELETE /dev/keys/<kid> does", async () => {
    for (const one of [tenant, twin]) await one.rotateKeys();
    const find = async (one: Tenant) => (await keysOf(one)).find(({ state }) => state === "verifies")?.kid ?? "";
    const kid = await find(tenant);
    const { code, out } = await run("--withdraw", kid);
    expect({ code, line: out.split("\n").find((line) => line.includes(kid)) }).toEqual({
      code: 0,
      line: expect.stringMatching(/ {2}RS256 {4}withdrawn {2}/),
    });
    expect((await call(twin, `DELETE /dev/keys/${await find(twin)}`)).status).toBe(200);
    expect(await livingStates(tenant)).toEqual(["RS256 signs"]);
    expect(await livingStates(twin)).toEqual(["RS256 signs"]);
  });
});

describe("A call of gatewarden keys that is wrong", () => {
  test.each([
    [["--algorithm", "HS256"], '--algorithm cannot be HS256; did you mean "RS256"?'],
    [["--algorithm", "none"], `--algorithm cannot be none. There are: ${signingAlgorithms.join(", ")}.`],
    [["--algorithm", "es256"], '--algorithm cannot be es256; did you mean "ES256"?'],
    [["--algorithm"], "--algorithm needs a value. For example: --algorithm ES256"],
    [["--withdraw", "x", "--rotate"], "--withdraw stands alone: rotate first, then withdraw."],
    [["--withdraw", ".."], "--withdraw needs the name of a key."],
    [["--withdraw="], "--withdraw needs the name of a key."],
    [["--rotate=yes"], "--rotate takes no value."],
    [["rotate"], 'The argument "rotate" is one too many; did you mean --rotate?'],
    [["ES256"], 'The argument "ES256" is one too many; did you mean --algorithm ES256?'],
    [["es"], 'The argument "es" is one too many.'],
    [["--dropold"], "There is no flag --dropold; did you mean --drop-old?"],
  ])("%j ends with 2, also where no tenant runs", async (args, says) => {
    const before = await keysOf(tenant);
    for (const folder of [cwd, await makeDirectory()]) {
      const { code, out, err } = await session.run(["keys", ...args], folder);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain(says);
    }
    expect(await keysOf(tenant)).toEqual(before);
  });

  test("a key that signs, or does not exist, cannot be withdrawn: 1", async () => {
    const [{ kid = "" } = {}] = await keysOf(tenant);
    const signing = await run("--withdraw", kid);
    expect(signing).toMatchObject({ code: 1, out: "", err: expect.stringContaining("This key signs new tokens.") });
    expect(await run("--withdraw", "a/b?c")).toEqual({ code: 1, out: "", err: 'error: There is no key "a/b?c".\n' });
    expect(await livingStates(tenant)).toEqual(["RS256 signs"]);
  });
});
