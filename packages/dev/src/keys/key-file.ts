// Stores the signing keys in `keys.json`, so that tokens stay valid after a restart.
import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { signingAlgorithms } from "../config/algorithms.js";
import { readCode } from "../error-code.js";
import { TenantError } from "../errors.js";
import { isNotFound, writePrivateJson } from "../files.js";
import type { KeyStorage, SigningKey } from "./key-ring.js";

const keyFile = z.object({
  keys: z.array(
    z.looseObject({
      kty: z.string(),
      kid: z.string().min(1),
      alg: z.enum(signingAlgorithms),
      use: z.literal("sig"),
      d: z.string(),
    }),
  ),
});

/** Key storage in `<directory>/keys.json` (file mode 0600). */
export function createKeyFile(directory: string): KeyStorage {
  const file = join(directory, "keys.json");
  return {
    load: () => loadKeys(file),
    save: (keys) => writePrivateJson(file, { keys }),
  };
}

async function loadKeys(file: string): Promise<readonly SigningKey[]> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (cause) {
    if (isNotFound(cause)) return [];
    const message = `${file} (the tenant's signing keys) cannot be read (${readCode(cause)}).`;
    throw new TenantError("invalid_keys", message, { cause });
  }
  try {
    const { keys } = keyFile.parse(JSON.parse(content));
    for (const key of keys) createPrivateKey({ key, format: "jwk" });
    return keys;
  } catch (cause) {
    const advice = "Delete the file to start with new keys; tokens issued before will no longer verify.";
    throw new TenantError("invalid_keys", `${file} does not hold usable signing keys. ${advice}`, { cause });
  }
}
