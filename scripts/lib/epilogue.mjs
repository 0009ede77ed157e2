// What is printed after the show: where everything is, and commands to paste.
import { print } from "./printable.mjs";

/**
 * @typedef {object} Facts
 * @property {string} url
 * @property {import("./issuer.mjs").Issuer} issuer
 * @property {import("./show.mjs").Tokens | undefined} tokens
 * @property {import("./examples/list.mjs").Example} example
 */

/** @param {Facts} facts */
export function printEpilogue({ url, issuer, tokens, example }) {
  const hint = issuer.tenant === undefined ? "" : "   (Authorize logs in as alice, bob or carol)";
  const more = `
  Docs     ${url}/docs${hint}
  Health   ${url}/healthz`;
  print(`
  API      ${url}${example.hasDocs ? more : ""}
  Issuer   ${issuer.name}

${tokens === undefined ? "Paste this, with an access token for this API:" : "Paste these; the tokens are live:"}
`);
  for (const line of toCommands(url, tokens, example.driver)) print(`${line}\n`);
  print("Serving until Ctrl-C. The API's log:\n");
}

/**
 * @param {string} url
 * @param {import("./show.mjs").Tokens | undefined} tokens
 * @param {import("./examples/answer.mjs").Driver} driver
 */
function toCommands(url, tokens, { command }) {
  if (tokens === undefined) return [command({ url, operation: "private", token: "ACCESS_TOKEN" })];
  const { alice, bob } = tokens;
  return [
    command({ url, operation: "user", token: alice }),
    command({ url, operation: "admin", token: bob }),
    command({ url, operation: "admin", token: alice }),
  ];
}
