// Printed from here.
import { permission } from "gatewarden";
import { protect } from "gatewarden/fetch";
import { createApiGuard } from "./guard.js";

const guard = createApiGuard();

// A handler says what it needs:
export const me = protect(guard, (_request, auth) => Response.json({ user: auth.subject }));
export const admin = protect(guard, permission("read:admin"), () => Response.json({ message: "Admin" }));
