// The function: a protected API behind an HTTP API or a function URL. Whose tokens it accepts is in the environment.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/lambda";

type Route = (event: APIGatewayProxyEventV2, context: unknown) => Promise<APIGatewayProxyStructuredResultV2>;

const guard = createGuard();

function json(body: object, statusCode = 200) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

const routes: Readonly<Record<string, Route>> = {
  "/api/public": async () => json({ message: "Public endpoint" }),

  "/api/private": protect(guard, (_event, auth) => json({ message: "Private endpoint", user_id: auth.subject })),

  "/api/admin": protect(guard, permission("read:admin"), () => json({ message: "Admin endpoint" })),

  "/api/user": protect(guard, (_event, { subject, claims }) => {
    const email = claims["https://gatewarden.local/email"];
    return json({ subject, email, plan: claims["https://gatewarden.local/plan"] });
  }),
};

export const handler: Route = async (event, context) =>
  routes[event.rawPath]?.(event, context) ?? json({ message: "Not found" }, 404);
