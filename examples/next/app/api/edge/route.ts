// As /api/private, in the edge runtime.
import { protect } from "gatewarden/fetch";
import { guard } from "@/guard";

export const runtime = "edge";

export const GET = protect(guard, (_request, { subject }) =>
  Response.json({ message: "Edge endpoint", user_id: subject }),
);
