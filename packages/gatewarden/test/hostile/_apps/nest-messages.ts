// A NestJS microservice over TCP behind the guard: the token of a message is whatever the sender
// put there.
import "reflect-metadata";
import type { Server } from "node:net";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { EventPattern, MessagePattern, type MicroserviceOptions, Transport } from "@nestjs/microservices";
import { Auth, GatewardenModule } from "../../../src/adapters/nest.js";
import { readFacts, serve } from "./_serve.js";

@Controller()
class MessageController {
  @MessagePattern("private")
  answer(@Auth() auth: Auth) {
    return readFacts(auth);
  }

  @EventPattern("event")
  hear(@Auth() auth: Auth) {
    readFacts(auth);
  }
}

await serve(async (guard) => {
  class AppModule {}
  const module = GatewardenModule.forRoot({
    guard,
    readToken: (context) => context.switchToRpc().getData<{ token?: string } | null>()?.token,
  });
  Module({ imports: [module], controllers: [MessageController] })(AppModule);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
    ...{ transport: Transport.TCP, options: { host: "127.0.0.1", port: 0 }, logger: false },
  });
  await app.listen();
  return app.unwrap<Server>();
});
