import { protect } from "gatewarden/fetch";
import { guard } from "../../../guard.mjs";

export const dynamic = "force-dynamic";
export const GET = protect(guard, (_request, auth) => Response.json({ runtime: "node", subject: auth.subject }));
