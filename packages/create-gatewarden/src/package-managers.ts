// The package managers that can be chosen. Templates are written for npm.

/** One package manager. */
export interface PackageManagerRow {
  readonly id: string;
  readonly hint: string;
  readonly lockFile: string;
  /** What stands in place of npm's commands. */
  readonly commands: Readonly<Record<NpmCommand, string>>;
  /** Installs the package manager itself, where only npm is at hand. */
  readonly setUp?: string;
}

type NpmCommand = "npm ci" | "npm install" | "npm run" | "npm prune --omit=dev" | "npx gatewarden";

const npm: PackageManagerRow = {
  id: "npm",
  hint: "comes with Node.js",
  lockFile: "package-lock.json",
  commands: {
    "npm ci": "npm ci",
    "npm install": "npm install",
    "npm run": "npm run",
    "npm prune --omit=dev": "npm prune --omit=dev",
    "npx gatewarden": "npx gatewarden",
  },
};

export const packageManagers: readonly PackageManagerRow[] = [
  npm,
  {
    id: "pnpm",
    hint: "strict about what a package may import",
    lockFile: "pnpm-lock.yaml",
    setUp: "npm install --global pnpm",
    commands: {
      "npm ci": "pnpm install --frozen-lockfile",
      "npm install": "pnpm install",
      "npm run": "pnpm run",
      "npm prune --omit=dev": "pnpm prune --prod",
      "npx gatewarden": "pnpm exec gatewarden",
    },
  },
  {
    id: "yarn",
    hint: "version 1",
    lockFile: "yarn.lock",
    // Images of Node.js may have it already.
    setUp: "npm install --global --force yarn",
    commands: {
      "npm ci": "yarn install --frozen-lockfile",
      "npm install": "yarn install",
      "npm run": "yarn run",
      "npm prune --omit=dev": "yarn install --frozen-lockfile --production",
      "npx gatewarden": "yarn run --silent gatewarden",
    },
  },
  {
    id: "bun",
    hint: "installs; Node.js runs the API",
    lockFile: "bun.lock",
    setUp: "npm install --global bun",
    commands: {
      "npm ci": "bun install --frozen-lockfile",
      "npm install": "bun install",
      "npm run": "bun run",
      "npm prune --omit=dev": "rm -rf node_modules && bun install --frozen-lockfile --production",
      "npx gatewarden": "bunx gatewarden",
    },
  },
];

/** A template's text, with the commands and the lock file of this package manager. */
export function toManagerText(text: string, { commands, lockFile, setUp }: PackageManagerRow): string {
  const names = [...Object.keys(commands), "package-lock.json", "RUN npm ci", "- run: npm ci"];
  const pattern = new RegExp(names.toSorted((one, other) => other.length - one.length).join("|"), "g");
  const replacements: Readonly<Record<string, string>> = {
    ...commands,
    "package-lock.json": lockFile,
    "RUN npm ci": `RUN ${setUp === undefined ? "" : `${setUp} && `}${commands["npm ci"]}`,
    "- run: npm ci": `- run: ${setUp === undefined ? "" : `${setUp}\n      - run: `}${commands["npm ci"]}`,
  };
  return text.replace(pattern, (found) => replacements[found] ?? found);
}

/** The one that runs this. Each of them sets the variable for what its `create` runs. */
export function findCallingManager(env: Readonly<Record<string, string | undefined>>): PackageManagerRow {
  const [name] = (env["npm_config_user_agent"] ?? "").split("/");
  return packageManagers.find(({ id }) => id === name) ?? npm;
}
