// Loads a bundle and calls its handler, as Lambda's runtime does. Prints what came of it.
const { pathToFileURL } = require("node:url");
const { issue, options } = require("./token.cjs");

const [file = "", ...others] = process.argv.slice(2);
globalThis.guardOptions = options;
// Nothing may be loaded from the library itself: it is not there where the function runs.
const { existsSync } = require("node:fs");
if (existsSync(`${__dirname}/node_modules/gatewarden`)) throw new Error("The library is still there");

const toEvent = (token) => ({
  version: "2.0",
  rawPath: "/admin",
  headers: token ? { authorization: `Bearer ${token}` } : {},
  requestContext: { domainName: "api.acme.com", http: { method: "GET" } },
});

async function main() {
  const { handler, explain } = file.endsWith(".cjs") ? require(file) : await import(pathToFileURL(file));
  for (const token of [issue({ permissions: ["read:admin"] }), issue(), issue({ aud: "another" }), undefined]) {
    const { statusCode, body, headers } = await handler(toEvent(token), {});
    const reason = statusCode === 200 ? body : JSON.parse(body).reason;
    console.log(statusCode, reason, headers?.["www-authenticate"]?.split(" ", 1)[0] ?? "");
  }
  const findings = await explain(issue({ aud: "another" })).catch((error) => [{ code: error.option }]);
  console.log(findings[0].code, others.join(" "));
}
main();
