// The package managers that can be chosen. Templates are written for npm.

/** One package manager. */
export interface PackageManagerRow {
  readonly id: string;
  readonly hint: string;
  /** As it names itself to what it runs. */
  readonly name: string;
  /** The version that projects are tested with, until the person's own is known. */
  readonly version: string;
  /** The versions that write this lock file and take these commands. */
  readonly versions: RegExp;
  readonly lockFile: string;
  /** What an install reads besides `package.json` and the lock file, as `COPY` takes it. */
  readonly settings?: string;
  /** What stands in place of npm's commands. */
  readonly commands: Readonly<Record<NpmCommand, string>>;
  /** The package that installs it where only npm is at hand, with flags of `npm install`. */
  readonly setUp?: string;
  /** Files of a project besides the templates. */
  readonly files?: Readonly<Record<string, string>>;
  /** More lines of `.gitignore`. */
  readonly ignored?: string;
}

type NpmCommand = "npm ci" | "npm install" | "npm run" | "npm prune --omit=dev" | "npx gatewarden";

const npm: PackageManagerRow = {
  id: "npm",
  hint: "comes with Node.js",
  name: "npm",
  version: "11.19.1",
  versions: /^/,
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
    name: "pnpm",
    version: "12.21.0",
    versions: /^/,
    lockFile: "pnpm-lock.yaml",
    // Nothing writes it here, but pnpm does when it is told which packages may run scripts.
    settings: "pnpm-workspace.yaml*",
    setUp: "pnpm",
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
    hint: "version 4, with node_modules",
    name: "yarn",
    version: "4.18.1",
    versions: /^(?:[4-9]|\d\d)\./,
    lockFile: "yarn.lock",
    settings: ".yarnrc.yml",
    // Images of Node.js may have version 1 already.
    setUp: "--force @yarnpkg/cli-dist",
    commands: {
      "npm ci": "yarn install --immutable",
      "npm install": "yarn install",
      "npm run": "yarn run",
      "npm prune --omit=dev": "yarn workspaces focus --production",
      "npx gatewarden": "yarn gatewarden",
    },
    files: {
      // The compiler finds no types in Plug'n'Play's archives. The image copies node_modules.
      ".yarnrc.yml": "nodeLinker: node-modules\n",
      // Without one, Yarn takes a package.json further up for the project's own.
      "yarn.lock": "",
    },
    ignored: ".yarn/\n",
  },
  {
    id: "yarn-classic",
    hint: "version 1",
    name: "yarn",
    version: "1.22.22",
    versions: /^1\./,
    lockFile: "yarn.lock",
    setUp: "--force yarn",
    commands: {
      "npm ci": "yarn install --frozen-lockfile",
      "npm install": "yarn install",
      "npm run": "yarn run",
      "npm prune --omit=dev": "yarn install --frozen-lockfile --production",
      "npx gatewarden": "yarn --silent gatewarden",
    },
  },
  {
    id: "bun",
    hint: "installs; Node.js runs the API",
    name: "bun",
    version: "1.4.5",
    versions: /^/,
    lockFile: "bun.lock",
    // Its program comes with its install script, which npm 12 runs only if told to.
    setUp: "--allow-scripts=bun bun",
    commands: {
      "npm ci": "bun install --frozen-lockfile",
      "npm install": "bun install",
      "npm run": "bun run",
      "npm prune --omit=dev": "rm -rf node_modules && bun install --frozen-lockfile --production",
      "npx gatewarden": "bunx gatewarden",
    },
  },
];

/**
 * The field `packageManager`, by which one version of Yarn refuses a project of another. pnpm 12
 * refuses a frozen lock file that an install with this field has written, so it gets none.
 */
export function toManagerField({ name, version }: PackageManagerRow): { readonly packageManager?: string } {
  return name === "yarn" ? { packageManager: `${name}@${version}` } : {};
}

/** A template's text, with the commands and the lock file of this package manager. */
export function toManagerText(text: string, row: PackageManagerRow): string {
  const { commands, lockFile, settings, setUp } = row;
  const install = setUp === undefined ? undefined : `npm install --global ${setUp}@${row.version}`;
  const copied = ["package.json", lockFile, ...(settings === undefined ? [] : [settings])].join(" ");
  const replacements: Readonly<Record<string, string>> = {
    ...commands,
    "package-lock.json": lockFile,
    "COPY package.json package-lock.json": `COPY ${copied}`,
    "RUN npm ci": `${install === undefined ? "" : `RUN ${install}\n`}RUN ${commands["npm ci"]}`,
    "- run: npm ci": `${install === undefined ? "" : `- run: ${install}\n      `}- run: ${commands["npm ci"]}`,
  };
  const names = Object.keys(replacements).toSorted((one, other) => other.length - one.length);
  return text.replace(new RegExp(names.join("|"), "g"), (found) => replacements[found] ?? found);
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The one that runs this. Each of them sets the variable for what its `create` runs. */
export function findCallingManager(env: Environment): PackageManagerRow {
  const { name, version } = readUserAgent(env);
  const rows = packageManagers.filter((row) => row.name === name);
  return rows.find(({ versions }) => versions.test(version)) ?? rows[0] ?? npm;
}

/** With the version that runs this, if it is this one. */
export function toCallersVersion(row: PackageManagerRow, env: Environment): PackageManagerRow {
  const { name, version } = readUserAgent(env);
  // It becomes part of a command in a file, so nothing but numbers is taken (CWE-78).
  const isOwn = row.name === name && row.versions.test(version) && /^\d+\.\d+\.\d+$/.test(version);
  return isOwn ? { ...row, version } : row;
}

/** `pnpm/12.21.0 npm/? node/v24.0.0 linux x64` */
function readUserAgent(env: Environment): { readonly name: string; readonly version: string } {
  const [own = ""] = (env["npm_config_user_agent"] ?? "").split(" ");
  const [name = "", version = ""] = own.split("/");
  return { name, version };
}
