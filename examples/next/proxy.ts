// Protects whole paths before a route is chosen. The handlers behind it need no check of their own; server actions do.
import { permission } from "gatewarden";
import { protect } from "gatewarden/fetch";
import { NextResponse } from "next/server";
import { guard } from "./guard";

export const config = { matcher: "/api/reports/:path*" };

export const proxy = protect(guard, permission("read:reports"), () => NextResponse.next());
