import { permission } from "gatewarden";
import { protect } from "gatewarden/h3";
import { defineHandler } from "nitro/h3";
import { guard } from "../../guard";

// biome-ignore lint/style/noDefaultExport: Nitro reads the default export.
export default defineHandler({
  middleware: [protect(guard, permission("read:admin"))],
  handler: () => ({ message: "Admin endpoint" }),
});
