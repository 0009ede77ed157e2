import { AuthError } from "gatewarden";
import { attemptPage } from "gatewarden/next";
import { guard } from "../../guard.mjs";

// biome-ignore lint/style/noDefaultExport: Next.js reads the default export.
export default async function Page() {
  const auth = await attemptPage(guard);
  return `${auth instanceof AuthError ? auth.reason : auth.subject}!`;
}
