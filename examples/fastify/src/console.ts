// While developing: shows what this API decides in the console of the local tenant.
import type { Guard } from "gatewarden";
import type { Environment } from "./settings.js";

/** Where `GATEWARDEN_CONSOLE` names the tenant, as `npm start` does. Its package is for development only. */
export async function showDecisions<Claims>(guard: Guard<Claims>, env: Environment): Promise<void> {
  const tenant = env["GATEWARDEN_CONSOLE"]?.trim();
  if (!tenant) return;
  const { connectConsole } = await import("@gatewarden/dev/connect");
  connectConsole(guard, { tenant, name: "Example API" });
}
