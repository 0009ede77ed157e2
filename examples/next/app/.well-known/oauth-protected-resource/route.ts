// Tells clients which issuer this application trusts (RFC 9728). Challenges name this URL.
import { guard } from "@/guard";

export const dynamic = "force-dynamic";

export const GET = () => {
  const metadata = guard.metadata();
  return Response.json(metadata?.body, { headers: metadata?.headers ?? {} });
};

export const OPTIONS = () => new Response(null, { status: 204, headers: guard.metadata()?.preflight ?? {} });
