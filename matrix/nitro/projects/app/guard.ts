import { createGuard } from "gatewarden";

export const guard = createGuard();
