// A reporter that ends a test run with the list of what failed, hooks that gave up included: the
// details, which Vitest prints before, can be pages long.

/** @typedef {import("vitest/node").TestModule} TestModule */
/** @typedef {import("vitest/node").TestSuite} TestSuite */

export class FailureList {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    const lines = modules.flatMap(listFailures);
    if (unhandled.length > 0) lines.push(`${unhandled.length} errors outside of tests`);
    if (lines.length > 0) console.error(`Failed:\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }
}

/** @param {TestModule} module */
function listFailures(module) {
  const file = module.relativeModuleId;
  const groups = [module, ...module.children.allSuites()].filter((group) => group.errors().length > 0);
  return [
    ...groups.map((group) => `${group.type === "suite" ? `${file} > ${group.fullName}` : file}: ${describe(group)}`),
    ...[...module.children.allTests("failed")].map((test) => `${file} > ${test.fullName}`),
  ];
}

/**
 * What kept a file or a suite from its tests: mostly a hook.
 * @param {TestModule | TestSuite} group
 */
function describe(group) {
  const skipped = [...group.children.allTests("skipped")].length;
  const [problem = ""] = (group.errors()[0]?.message ?? "").split("\n");
  return skipped === 0 ? problem : `${problem} (tests that were skipped: ${skipped})`;
}
