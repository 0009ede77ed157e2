import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/koa";
import Koa from "koa";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
new Koa().use(protect(guard, permission("read:admin"))).use((context) => {
  const subject: string | undefined = context.state.auth.subject;
  context.body = { subject };
});
