import { protect } from "gatewarden/fetch";
import { guard } from "../../../guard.mjs";

export const runtime = "edge";
export const GET = protect(guard, (_request, auth) => Response.json({ runtime: "edge", subject: auth.subject }));
