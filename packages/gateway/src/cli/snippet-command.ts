// `gatewarden gateway snippet nginx`: the lines of a proxy's configuration that depend on the names
// of identity headers. Whole configurations are in the folder `deploy`.
import { loadConfig } from "../config.js";
import { listProtectedHeaders, requireIdentityNames } from "../identity/names.js";
import type { ProxyName } from "../proxy/kinds.js";
import type { CliIo } from "./io.js";
import { snippets } from "./snippets.js";

/** How the command was called. */
export interface SnippetFlags {
  readonly proxy: ProxyName;
  readonly rules: string | undefined;
}

/** Prints the lines. */
export function runSnippet({ proxy, rules }: SnippetFlags, io: CliIo): number {
  const standIn = { ISSUER: "https://issuer.example/", AUDIENCE: "https://api.example/" };
  const identity =
    rules === undefined
      ? requireIdentityNames(undefined)
      : loadConfig(rules, { env: { ...standIn, ...io.env }, overrides: { proxy } }).policy.identity;
  const passed = {
    own: listProtectedHeaders(identity),
    replacesAuthorization: identity.token?.toLowerCase() === "authorization",
  };
  io.out(`${snippets[proxy](passed).join("\n")}\n`);
  return 0;
}
