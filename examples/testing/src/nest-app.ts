// The API with NestJS. The guard is a provider, so that a testing module can put another in its place.
import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";
import { type Guard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need } from "gatewarden/nest";
import { createApiGuard } from "./guard.js";

/** The token under which the guard is provided. */
export const apiGuard: unique symbol = Symbol("apiGuard");

@Module({ providers: [{ provide: apiGuard, useFactory: () => createApiGuard() }], exports: [apiGuard] })
class GuardModule {}

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

const gatewarden = GatewardenModule.forRootAsync({
  imports: [GuardModule],
  inject: [apiGuard],
  useFactory: (guard: Guard) => ({ guard }),
});

@Module({ imports: [gatewarden], controllers: [OrdersController] })
export class AppModule {}
