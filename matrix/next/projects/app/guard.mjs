// The guard of the application. `next build` loads this module without the server's environment.
import { createGuard } from "gatewarden";

export const guard = createGuard(() => ({}));
