// A protected API with NestJS. Whose tokens it accepts is in the environment.
import "reflect-metadata";
import { existsSync } from "node:fs";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { createGuard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need, Public } from "gatewarden/nest";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

/** Every handler that is not public needs a token. */
@Controller("api")
class ApiController {
  @Public()
  @Get("public")
  open() {
    return { message: "Public endpoint" };
  }

  @Get("private")
  mine(@Auth() auth: Auth) {
    return { message: "Private endpoint", user_id: auth.subject };
  }

  @Need(permission("read:admin"))
  @Get("admin")
  admin() {
    return { message: "Admin endpoint" };
  }

  @Get("user")
  user(@Auth() { subject, claims }: Auth) {
    const email = claims["https://gatewarden.local/email"];
    return { subject, email, plan: claims["https://gatewarden.local/plan"] };
  }
}

@Module({ imports: [GatewardenModule.forRoot({ guard: createGuard() })], controllers: [ApiController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] });
app.enableCors({ origin, exposedHeaders: ["WWW-Authenticate"] });
app.enableShutdownHooks();
await app.listen(port, host);
console.log(`Nest at http://${host}:${port}`);
