// The endpoints, and what each of them needs.
import "reflect-metadata";
import { Controller, type DynamicModule, Get, Module } from "@nestjs/common";
import { type Guard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need, Public } from "gatewarden/nest";

/** Every handler that is not public needs a token. */
@Controller("api")
class ApiController {
  @Public()
  @Get("public")
  open() {
    return { message: "For everyone" };
  }

  @Get("private")
  mine(@Auth() auth: Auth) {
    return { message: "For you", user: auth.subject };
  }

  @Need(permission("read:admin"))
  @Get("admin")
  admin() {
    return { message: "For administrators" };
  }
}

@Module({ controllers: [ApiController] })
class AppModule {}

/** The application, with a guard from outside: that of the environment, or that of a test. */
export function createAppModule(guard: Guard): DynamicModule {
  return { module: AppModule, imports: [GatewardenModule.forRoot({ guard })] };
}
