// The workflows of continuous integration: what runs there is fixed, and may do no more than it must.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const folder = new URL("../../../../.github/workflows/", import.meta.url);
const files = readdirSync(folder);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");

/** The text of each job, by name. */
function readJobs(file: string): ReadonlyMap<string, string> {
  const [, jobs = ""] = read(file).split(/^jobs:\n/m);
  const parts = jobs.split(/^ {2}(\w+):\n/m).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, parts[index + 1] ?? ""] as const] : [])));
}

describe.each(files)("%s", (file) => {
  test("names each action by the digest of a commit, since a tag can be moved (CWE-829)", () => {
    const actions = [...read(file).matchAll(/uses: (.*)$/gm)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("may read contents and nothing else unless a job says so, and leaves no credentials in the tree", () => {
    expect(read(file)).toMatch(/^permissions:\n {2}contents: read\n/m);
    const text = read(file);
    expect(text.split("persist-credentials: false").length).toBe(text.split("actions/checkout@").length);
    expect(text).not.toContain("pull_request_target");
  });

  test("writes no expression into a script, where a branch or tag could be a command (CWE-94)", () => {
    for (const [, script] of read(file).matchAll(/run: (\|\n(?: {10}.*\n)+|.*\n)/g))
      expect(script).not.toContain("${{");
  });
});

describe("A release", () => {
  const jobs = readJobs("release.yml");

  test("runs no tests where the npm token or the identity token is", () => {
    const trusted = [...jobs].filter(([, text]) => /NPM_TOKEN|id-token/.test(text));
    expect(trusted.map(([name]) => name)).toEqual(["publish"]);
    expect(jobs.get("publish")).not.toMatch(/npm test|npm run check|contents: write/);
    expect(jobs.get("publish")).toMatch(/npm ci --ignore-scripts/);
  });

  test("is published after all checks, and announced after that", () => {
    expect(jobs.get("publish")).toContain("needs: check");
    expect(jobs.get("notes")).toContain("needs: publish");
    for (const command of ["npm run check", "npm test", "npm run sbom"]) expect(jobs.get("check")).toContain(command);
  });
});
