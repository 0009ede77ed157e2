import { guard } from "../../../guard.mjs";

export const dynamic = "force-dynamic";
export const GET = async () => Response.json(await guard.health());
