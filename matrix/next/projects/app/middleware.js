// Runs in the edge runtime. Its successor `proxy.js` runs on Node.js.
import { AuthError } from "gatewarden";
import { NextResponse } from "next/server";
import { guard } from "./guard.mjs";

export const config = { matcher: "/api/behind/:path*" };

/** @param {import("next/server").NextRequest} request */
export async function middleware({ method, url, headers }) {
  const outcome = await guard.attempt({ method, url, headers });
  if (!(outcome instanceof AuthError)) return NextResponse.next();
  const refusal = guard.refusal(outcome);
  return NextResponse.json(refusal.body, refusal);
}
