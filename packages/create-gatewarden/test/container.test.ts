// The Dockerfile and the workflow, as far as they can be checked without Docker and GitHub: what
// they copy exists, nothing secret is among it, and the API runs as an ordinary user.
import { describe, expect, test } from "vitest";
import { frameworks, testRunners } from "../src/frameworks.js";
import { packageManagers } from "../src/package-managers.js";
import { createFiles } from "../src/project.js";
import { providers } from "../src/providers.js";

const [framework, tests, provider] = [frameworks[0], testRunners[0], providers[0]];
if (!framework || !tests || !provider) throw new Error("A table is empty");

describe.each(packageManagers)("$id", (manager) => {
  const files = createFiles({ name: "shop", framework, tests, provider, manager, values: {} });
  const read = (path: string) => files.get(path) ?? "";
  const lines = read("Dockerfile").split("\n");
  const copied = lines
    .flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(" ") ?? [])
    // The first install writes it. A pattern may match nothing.
    .filter((path) => path !== manager.lockFile && !path.endsWith("*"));

  test("the image copies what exists, and of that nothing that is ignored or secret", () => {
    const paths = [...files.keys()];
    for (const path of copied) {
      expect(paths.some((one) => one === path || one.startsWith(`${path}/`))).toBe(true);
      expect([".", "./", ".env", ".npmrc", ".gatewarden"]).not.toContain(path);
    }
    expect(copied).toEqual(expect.arrayContaining(["package.json", "tsconfig.json", "src"]));
    expect(read(".dockerignore").split("\n")).toEqual(
      expect.arrayContaining(["**/node_modules/", ".env*", ".npmrc", ".gatewarden/", ".git/"]),
    );
  });

  test("the API is built and runs on a Node.js with long support, as an ordinary user, without a shell", () => {
    const bases = lines.flatMap((line) => /^FROM node:(\d+)-slim/.exec(line)?.[1] ?? []);
    expect([bases.length, new Set(bases).size, Number(bases[0]) % 2]).toEqual([2, 1, 0]);
    expect(read(".github/workflows/ci.yml")).toContain(`node-version: ${bases[0]}\n`);
    const last = lines.slice(lines.lastIndexOf(`FROM node:${bases[0]}-slim`));
    expect(last).toContain("USER node");
    expect(last).toContain('CMD ["node", "dist/src/main.js"]');
    expect(last.some((line) => line.startsWith("RUN"))).toBe(false);
  });

  test("the workflow may only read, and its actions are named by their commits", () => {
    const workflow = read(".github/workflows/ci.yml");
    expect(workflow.match(/^permissions:\n(?: +.*\n)+/m)?.[0]).toBe("permissions:\n  contents: read\n");
    const actions = [...workflow.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
    expect(actions.length).toBe(2);
    const steps = [...workflow.matchAll(/^ +- run: (.*)$/gm)].map(([, step]) => step);
    const { "npm ci": install, "npm run": run } = manager.commands;
    expect(steps.slice(-3)).toEqual([install, `${run} build`, `${run} test`]);
    expect(steps.length).toBe(manager.setUp === undefined ? 3 : 4);
  });
});
