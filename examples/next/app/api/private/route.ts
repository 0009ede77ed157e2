import { protect } from "gatewarden/fetch";
import { guard } from "@/guard";

export const GET = protect(guard, (_request, { subject }) =>
  Response.json({ message: "Private endpoint", user_id: subject }),
);
