import { Controller, Get, Module } from "@nestjs/common";

// Printed from here.
import { permission } from "gatewarden";
import { Auth, GatewardenModule, Need, Public } from "gatewarden/nest";
import { createApiGuard } from "./guard.js";

// From now on every handler that is not public needs a token:
@Module({ imports: [GatewardenModule.forRoot({ guard: createApiGuard() })] })
export class AppModule {}

// A handler says what else it needs:
@Controller("api")
export class ApiController {
  @Public()
  @Get("public")
  open() {
    return { message: "For everyone" };
  }

  @Need(permission("read:admin"))
  @Get("admin")
  admin(@Auth() auth: Auth) {
    return { user: auth.subject };
  }
}
