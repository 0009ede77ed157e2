// What is printed after the show: where everything is, and commands to paste.
import { print } from "./printable.mjs";

/**
 * @param {{ readonly url: string, readonly issuer: import("./issuer.mjs").Issuer, readonly tokens: import("./show.mjs").Tokens | undefined }} facts
 */
export function printEpilogue({ url, issuer, tokens }) {
  const hint = issuer.tenant === undefined ? "" : "   (Authorize logs in as alice, bob or carol)";
  print(`
  API      ${url}
  Docs     ${url}/docs${hint}
  Health   ${url}/healthz
  Issuer   ${issuer.name}

${tokens === undefined ? "Paste this, with an access token for this API:" : "Paste these; the tokens are live:"}
`);
  for (const line of toCommands(url, tokens)) print(`${line}\n`);
  print("Serving until Ctrl-C. The API's log:\n");
}

/**
 * @param {string} url
 * @param {import("./show.mjs").Tokens | undefined} tokens
 */
function toCommands(url, tokens) {
  const curl = (/** @type {string} */ path, /** @type {string} */ token) =>
    `curl -i ${url}${path} -H "Authorization: Bearer ${token}"`;
  if (tokens === undefined) return [curl("/api/private", "ACCESS_TOKEN")];
  return [curl("/api/user", tokens.alice), curl("/api/admin", tokens.bob), curl("/api/admin", tokens.alice)];
}
