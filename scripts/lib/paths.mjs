// Where things are in this repository.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The API that `npm start` runs. */
export const exampleDirectory = join(root, "examples", "fastify");

/**
 * Folders with a lock file of their own: what they install (other runtimes, other compilers) is for
 * their tests alone.
 */
export const separate = [
  "matrix/runtimes",
  "matrix/consumers",
  "matrix/nest-11",
  "matrix/next",
  "matrix/bundlers",
  "matrix/nitro",
  "examples/testing/jest",
  "examples/testing/jest-nest",
];

/** The packages that are published. */
export const published = [
  "packages/gatewarden",
  "packages/dev",
  "packages/migrate",
  "packages/gateway",
  "packages/create-gatewarden",
];
