// Protected by the middleware alone.
export const dynamic = "force-dynamic";
export const GET = () => Response.json({ runtime: "behind" });
