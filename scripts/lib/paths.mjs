// Where things are in this repository.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** The API that `npm start` runs. */
export const exampleDirectory = join(root, "examples", "fastify");
