// A mistake in the environment ends the server at its start. By itself, Next.js would go on and answer 500.
import { ConfigError } from "gatewarden";
import { guard } from "./guard";

try {
  // Throws what is wrong with the options. Asks the issuer nothing, so the server starts while the issuer is down.
  guard.metadata();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
