// Has no check of its own: proxy.ts protects its path.
export const dynamic = "force-dynamic";
export const GET = () => Response.json({ message: "Reports endpoint" });
