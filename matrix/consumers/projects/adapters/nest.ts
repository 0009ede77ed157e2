import { Controller, Get, Module } from "@nestjs/common";
import { createGuard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need, Public } from "gatewarden/nest";

@Controller()
class AdminController {
  @Need(permission("read:admin"))
  @Get("admin")
  admin(@Auth() auth: Auth): string {
    return auth.subject ?? "nobody";
  }

  @Public()
  @Get("open")
  open(): string {
    return "open";
  }
}

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });

@Module({ imports: [GatewardenModule.forRoot({ guard })], controllers: [AdminController] })
export class AppModule {}
