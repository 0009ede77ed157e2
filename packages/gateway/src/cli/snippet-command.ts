// `gatewarden gateway snippet nginx`: the lines of a proxy's configuration that depend on the names
// of identity headers. Whole configurations are in the folder `deploy`.
import type { Screen } from "gatewarden/terminal";
import { loadConfig } from "../config.js";
import { listProtectedHeaders, requireIdentityNames } from "../identity/names.js";
import type { SnippetLine } from "./command-line.js";
import type { CliIo } from "./io.js";
import { snippets } from "./snippets.js";

/** Prints the lines. */
export function runSnippet({ proxy, rules }: SnippetLine, env: CliIo["env"], screen: Screen): number {
  const standIn = {
    ISSUER: "https://issuer.example/",
    AUDIENCE: "https://api.example/",
    REDIS_URL: "redis://127.0.0.1:6379",
  };
  const identity =
    rules === undefined
      ? requireIdentityNames(undefined)
      : loadConfig(rules, { env: { ...standIn, ...env }, overrides: { proxy } }).policy.identity;
  const passed = {
    own: listProtectedHeaders(identity),
    replacesAuthorization: identity.token?.toLowerCase() === "authorization",
  };
  screen.out(`${snippets[proxy](passed).join("\n")}\n`);
  return 0;
}
