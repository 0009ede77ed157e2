// The frameworks and test runners that can be chosen: which templates they are made of.

/** One framework. */
export interface FrameworkRow {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  /** Folders of `templates`, besides those of every project. */
  readonly layers: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  /** In `tsconfig.json`. */
  readonly compilerOptions?: Readonly<Record<string, boolean>>;
  /** The member of a refusal's body that has the reason. */
  readonly reasonMember: "reason" | "code";
}

const honoServer = { "@hono/node-server": "^2.1.9" };

export const frameworks: readonly FrameworkRow[] = [
  {
    id: "fastify",
    title: "Fastify",
    hint: "the default",
    layers: ["fastify"],
    dependencies: { fastify: "^5.12.8" },
    reasonMember: "code",
  },
  {
    id: "express",
    title: "Express",
    hint: "version 5",
    layers: ["express"],
    dependencies: { express: "^5.3.0" },
    devDependencies: { "@types/express": "^5.0.6" },
    reasonMember: "reason",
  },
  {
    id: "hono",
    title: "Hono",
    hint: "on Node.js",
    layers: ["node-server", "hono"],
    dependencies: { ...honoServer, hono: "^4.13.19" },
    reasonMember: "reason",
  },
  {
    id: "nest",
    title: "NestJS",
    hint: "on Express",
    layers: ["nest"],
    dependencies: {
      "@nestjs/common": "^12.5.1",
      "@nestjs/core": "^12.5.1",
      "@nestjs/platform-express": "^12.5.1",
      "reflect-metadata": "^0.2.2",
      rxjs: "^7.8.2",
    },
    compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true },
    reasonMember: "reason",
  },
  {
    id: "fetch",
    title: "None: Request and Response",
    hint: "Workers, Deno, Bun; here on Node.js",
    layers: ["node-server", "fetch"],
    dependencies: { ...honoServer, hono: "^4.13.19" },
    reasonMember: "reason",
  },
];

/** One test runner. */
export interface TestRunnerRow {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly script: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export const testRunners: readonly TestRunnerRow[] = [
  {
    id: "vitest",
    title: "Vitest",
    hint: "the default",
    script: "vitest run --dir test",
    devDependencies: { vitest: "^4.1.12" },
  },
  {
    id: "node-test",
    title: "node:test",
    hint: "nothing to install",
    // The shell lists the files. Without one, Node.js 21 and newer does.
    script: "tsc && node --test dist/test/*.test.js",
    devDependencies: {},
  },
];

/** What every project needs besides. */
export const commonDevDependencies: Readonly<Record<string, string>> = {
  "@types/node": "^20.19.0",
  typescript: "~7.0.2",
};
