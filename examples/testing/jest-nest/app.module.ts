// The API with Nest. The guard is created where the module is.
import { Controller, Get, Module } from "@nestjs/common";
import { createGuard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need } from "gatewarden/nest";

@Controller("api")
class OrdersController {
  @Get("me")
  me(@Auth() auth: Auth) {
    return { user: auth.subject };
  }

  @Get("orders")
  @Need(permission("read:orders"))
  orders() {
    return { orders: ["A-1", "A-2"] };
  }
}

// A function: the environment is read at the first request, so importing this file needs none.
@Module({ imports: [GatewardenModule.forRoot({ guard: createGuard(() => ({})) })], controllers: [OrdersController] })
export class AppModule {}
