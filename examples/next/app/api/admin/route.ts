import { permission } from "gatewarden";
import { protect } from "gatewarden/fetch";
import { guard } from "@/guard";

export const GET = protect(guard, permission("read:admin"), () => Response.json({ message: "Admin endpoint" }));
