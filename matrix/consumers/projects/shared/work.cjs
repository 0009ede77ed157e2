// What every program does with the library, however it has loaded it: prints what came of it.
const { issue, options } = require("./token.cjs");

exports.work = async ({ AuthError, createGuard, permission }, { protect }) => {
  const guard = createGuard(options);
  const handler = protect(guard, permission("read:admin"), (_request, auth) => new Response(auth.subject));
  for (const claims of [{ permissions: ["read:admin"] }, {}]) {
    const headers = { authorization: `Bearer ${issue(claims)}` };
    const response = await handler(new Request("https://api.acme.com/admin", { headers }));
    console.log(
      response.status,
      response.ok ? await response.text() : response.headers.get("www-authenticate").length > 0,
    );
  }
  const refused = await guard.verify("x").catch((error) => error);
  console.log(refused instanceof AuthError, refused.reason);
};

exports.report = (name, exported) => {
  if (Object.keys(exported).length === 0) throw new Error(`${name} exports nothing`);
};
