// The fields of a log line: what the documentation promises, and nothing that must not be kept.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Decision, type GuardOptions, permission } from "../../src/index.js";
import { type LogFields, toLogFields } from "../../src/monitoring/log-fields.js";
import { audience, bearer, guardWith, issuer, token, verdictOf } from "../support/keys.js";

async function fieldsOf(text: string, changes: GuardOptions = {}): Promise<LogFields> {
  const decisions: Decision[] = [];
  const guard = guardWith({ onDecision: (decision) => void decisions.push(decision), ...changes });
  await guard.ready().catch(() => undefined);
  await verdictOf(guard.check(bearer(text), permission("read")));
  const [decision] = decisions;
  if (!decision) throw new Error("Nothing was decided");
  return toLogFields(decision);
}

const who = { issuer, fingerprint: expect.stringMatching(/^[\w-]{16}$/), duration: expect.any(Number) };
const down = { isRevoked: () => Promise.reject(new RangeError("eySECRET")) };

describe("The fields", () => {
  test("of an accepted token", async () => {
    expect(await fieldsOf(token({ permissions: ["read"] }))).toEqual({ outcome: "accepted", ...who });
  });

  test("of a refused token", async () => {
    expect(await fieldsOf(token())).toEqual({ outcome: "refused", reason: "permission_missing", status: 403, ...who });
  });

  test("of a refusal that is this side's fault, with the kind of what is broken", async () => {
    const line = await fieldsOf(token(), { revocation: down });
    const why = { reason: "revocation_unavailable", status: 503, retryAfter: 1, cause: "RangeError" };
    expect(line).toEqual({ outcome: "refused", ...why, ...who });
  });

  test("of an outage of the issuer, with its cause in words", async () => {
    const fetch = () => Promise.resolve(new Response(null, { status: 502 }));
    const jwksUri = "https://issuer.test/keys";
    const line = await fieldsOf(token(), { keys: { jwksUri }, fetch });
    expect(line).toMatchObject({ reason: "keys_unavailable", cause: `GET ${jwksUri} answered with status 502` });
  });

  test("of a request without a token", async () => {
    expect(await fieldsOf("")).toEqual({
      outcome: "refused",
      reason: "credentials_malformed",
      status: 400,
      duration: expect.any(Number),
    });
  });

  test("are data that any logger can write", async () => {
    const line = await fieldsOf(token());
    expect(JSON.parse(JSON.stringify(line))).toEqual(line);
  });

  test("are those that the documentation lists", async () => {
    const lines = [
      await fieldsOf(token({ aud: "x" }), { explain: "development" }),
      await fieldsOf(token(), { revocation: down }),
    ];
    const names = new Set(lines.flatMap((line) => Object.keys(line)));
    const document = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");
    const [, section = ""] = document.split("## Log lines");
    const documented = [...(section.split("\n##", 1)[0]?.matchAll(/^\| `(\w+)`/gm) ?? [])].map(([, name]) => name);
    expect(documented.sort()).toEqual([...names].sort());
  });
});

describe("Values of the token", () => {
  const bad = token({ aud: "https://other.test", sub: "personal" });

  test("are in no field", async () => {
    const line = JSON.stringify(await fieldsOf(bad));
    for (const secret of ["https://other.test", "personal", bad.split(".")[2]]) expect(line).not.toContain(secret);
  });

  test("are added where the guard explains its refusals, as expected and actual", async () => {
    const { explanation } = await fieldsOf(bad, { explain: "development" });
    expect(explanation).toMatchObject({ expected: [audience], actual: "https://other.test" });
  });
});
