// What is printed after the show: where everything is, and commands to paste.
import { print } from "./printable.mjs";

/**
 * @typedef {object} Facts
 * @property {string} url
 * @property {import("./issuer.mjs").Issuer} issuer
 * @property {import("./examples/list.mjs").Example} example
 */

/** @param {Facts} facts */
export function printEpilogue({ url, issuer, example }) {
  const hint = issuer.tenant === undefined ? "" : "   (Authorize logs in as alice, bob or carol)";
  // First, since most people would rather look than read.
  const look =
    issuer.tenant === undefined
      ? ""
      : `\n  Look     ${issuer.tenant.url}/console   (every route, token and fault of this on one page)\n`;
  const more = `
  Docs     ${url}/docs${hint}
  Health   ${url}/healthz`;
  print(`${look}
  API      ${url}${example.hasDocs ? more : ""}
  Issuer   ${issuer.name}

${issuer.tenant === undefined ? "Paste this, with an access token for this API:" : "Paste these; each gets a fresh token:"}
`);
  for (const line of toCommands(url, issuer, example.driver)) print(`${line}\n`);
  print("Serving until Ctrl-C. The API's log:\n");
}

/**
 * @param {string} url
 * @param {import("./issuer.mjs").Issuer} issuer
 * @param {import("./examples/answer.mjs").Driver} driver
 */
function toCommands(url, { tenant, isFound }, { command }) {
  if (tenant === undefined) return [command({ url, operation: "private", token: "ACCESS_TOKEN" })];
  const place = isFound ? "" : ` --issuer ${tenant.issuer}`;
  const tokenOf = (/** @type {string} */ persona) => `$(npx gatewarden token --as ${persona}${place})`;
  return [
    command({ url, operation: "user", token: tokenOf("alice") }),
    command({ url, operation: "admin", token: tokenOf("bob") }),
    command({ url, operation: "admin", token: tokenOf("alice") }),
  ];
}
