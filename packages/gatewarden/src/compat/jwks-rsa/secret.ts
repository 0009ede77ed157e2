// A key source that travels as a function, since that is what the options of express-jwt and
// passport-jwt take. Only the drop-ins open it.
import { ConfigError } from "../../index.js";
import { type JwksOptions, type JwksSource, requireJwksSource } from "./options.js";

const sources = new WeakMap<object, JwksSource>();

/** Creates the function. `option` is where it belongs. Throws `ConfigError`. */
export function createJwksSecret(option: string, options: JwksOptions): () => never {
  const source = requireJwksSource(options);
  // The guard verifies, and gives no key away.
  const secret = (): never => {
    throw new ConfigError({
      option,
      problem: "was called: a JWKS source must be the value of the option itself, not a part of a function",
      example: `${option}: createSecret({ jwksUri })`,
    });
  };
  sources.set(secret, source);
  return secret;
}

/** The key source inside a value; undefined for any other value. */
export function findJwksSource(value: unknown): JwksSource | undefined {
  return typeof value === "function" ? sources.get(value) : undefined;
}
