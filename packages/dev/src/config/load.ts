// Reads `gatewarden.dev.json`.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TenantError } from "../errors.js";
import { isNotFound } from "../files.js";
import type { TenantConfigInput } from "./model.js";
import { parseConfigInput } from "./schema.js";

/** The configuration file's name in the working directory. */
export const configFileName = "gatewarden.dev.json";

/**
 * Reads and checks a configuration file. Without `path`, {@link configFileName} in `directory` is
 * read if it exists. Throws a {@link TenantError} that names the file when it is missing, is not
 * JSON, or has wrong settings.
 */
export async function loadConfig(directory: string, path?: string): Promise<TenantConfigInput> {
  const file = resolve(directory, path ?? configFileName);
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (cause) {
    if (path === undefined && isNotFound(cause)) return {};
    throw new TenantError("invalid_configuration", `${file} cannot be read.`, { cause });
  }
  return parseConfigInput(parseConfigJson(content, file), file);
}

function parseConfigJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TenantError("invalid_configuration", `${file} is not valid JSON: ${reason}`, { cause });
  }
}
