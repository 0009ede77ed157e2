// By `import`: every sub-path, and the guard at work.
import { AuthError, createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/fetch";
import { issue, options } from "./token.cjs";

const guard = createGuard(options);
const handler = protect(guard, permission("read:admin"), (_request, auth) => new Response(auth.subject));
const ask = async (claims) => {
  const headers = { authorization: `Bearer ${issue(claims)}` };
  const response = await handler(new Request("https://api.acme.com/admin", { headers }));
  return [response.status, await response.text()];
};
console.log(JSON.stringify(await ask({ permissions: ["read:admin"] })));
console.log(JSON.stringify((await ask({}))[0]));
const refused = await guard.verify("x").catch((error) => error);
console.log(refused instanceof AuthError, refused.reason);
for (const name of process.argv.slice(2)) {
  const exported = Object.keys(await import(name));
  if (exported.length === 0) throw new Error(`${name} exports nothing`);
}
console.log("all sub-paths load");
