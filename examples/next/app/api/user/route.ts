import { protect } from "gatewarden/fetch";
import { guard } from "@/guard";

export const GET = protect(guard, (_request, { subject, claims }) =>
  Response.json({
    subject,
    email: claims["email"] ?? claims["https://gatewarden.local/email"],
    plan: claims["https://gatewarden.local/plan"],
  }),
);
