// What was chosen.
import type { ProviderValues } from "./check-provider.js";
import type { FrameworkRow, TestRunnerRow } from "./frameworks.js";
import type { PackageManagerRow } from "./package-managers.js";
import type { ProviderRow } from "./provider-row.js";

export interface Answers {
  /** The project's name in `package.json`. */
  readonly name: string;
  readonly framework: FrameworkRow;
  readonly provider: ProviderRow;
  readonly values: ProviderValues;
  readonly tests: TestRunnerRow;
  readonly manager: PackageManagerRow;
}
