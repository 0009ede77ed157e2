// A Lambda function as it is deployed: bundled into one file.
import process from "node:process";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/lambda";

const guard = createGuard({ issuer: process.env.ISSUER_URL, audience: "https://api.test", dpop: { mode: "allowed" } });

/** @param {{ path?: string, rawPath?: string }} event */
const isAdmin = ({ path, rawPath = path }) => rawPath === "/admin";
const answer = async (_event, auth) => ({ statusCode: 200, body: JSON.stringify({ user: auth.subject }) });
const asUser = protect(guard, answer);
const asAdmin = protect(guard, permission("read:admin"), answer);

export const handler = (event, context) => (isAdmin(event) ? asAdmin(event, context) : asUser(event, context));
