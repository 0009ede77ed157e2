// A function as it is deployed: all it needs comes into its bundle.
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/lambda";

const guard = createGuard(() => globalThis.guardOptions);

export const handler = protect(guard, permission("read:admin"), async (_event, auth) => ({
  statusCode: 200,
  body: auth.subject,
}));

export const explain = (token) => guard.explain(token);
