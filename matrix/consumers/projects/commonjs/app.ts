// An application as Nest's and older Next.js' generated projects compile it: to CommonJS.
import { type Auth, AuthError, createGuard, permission } from "gatewarden";
import gatewarden from "gatewarden/fastify";
import { protect } from "gatewarden/fetch";
import { createTestIssuer } from "gatewarden/testing";

const issuer = createTestIssuer();
const guard = createGuard(issuer.guardOptions);
const handler = protect(guard, permission("read:admin"), (_request, auth: Auth) => new Response(auth.subject));

async function main(): Promise<void> {
  for (const permissions of [["read:admin"], []]) {
    const headers = issuer.headers({ permissions });
    const response = await handler(new Request("https://api.test/admin", { headers }));
    console.log(response.status, response.ok ? await response.text() : "");
  }
  const refused: unknown = await guard.verify("x").catch((error: unknown) => error);
  const { advice } = await import("gatewarden/advice");
  if (refused instanceof AuthError) console.log(refused.reason, typeof advice[refused.reason].fix);
  console.log(typeof gatewarden, typeof require);
}

void main();
