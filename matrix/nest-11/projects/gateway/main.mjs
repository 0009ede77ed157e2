// Nest 11: a gateway and a connected microservice, for which it runs no global guard. Decorators are called by hand.
import "reflect-metadata";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ClientProxyFactory, MessagePattern, Transport } from "@nestjs/microservices";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import { createGuard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need, Public } from "gatewarden/nest";
import { firstValueFrom } from "rxjs";
import { io } from "socket.io-client";
import { issue, options } from "./token.cjs";

const answer = (auth) => auth?.subject ?? "none";

/** A class whose handlers listen to what they are called: everybody with a token, a permission, everybody. */
function createHandlers(listen) {
  class Handlers {
    member(auth) {
      return answer(auth);
    }
    admin(auth) {
      return answer(auth);
    }
    open(auth) {
      return answer(auth);
    }
  }
  for (const [name, ...others] of [["member"], ["admin", Need(permission("admin"))], ["open", Public()]]) {
    const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, name);
    for (const one of [listen(name), ...others]) one(Handlers.prototype, name, descriptor);
    Auth()(Handlers.prototype, name, 0);
  }
  return Handlers;
}
const Gateway = createHandlers((name) => SubscribeMessage(name));
WebSocketGateway()(Gateway);
const Messages = createHandlers((name) => MessagePattern(name));
Controller()(Messages);

const real = createGuard(options);
let attempts = 0;
const guard = {
  attempt: (...given) => {
    attempts += 1;
    return real.attempt(...given);
  },
  refusal: (error) => real.refusal(error),
  responseHeaders: (request) => real.responseHeaders(request),
};
const readToken = (context) => context.getArgs()[context.getType() === "ws" ? 1 : 0]?.token;
class AppModule {}
const imports = [GatewardenModule.forRoot({ guard, readToken })];
Module({ imports, providers: [Gateway], controllers: [Messages] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
const address = { host: "127.0.0.1", port: 0 };
const service = app.connectMicroservice({ transport: Transport.TCP, options: address });
await app.startAllMicroservices();
await app.listen(0, "127.0.0.1");

const socket = io(`http://127.0.0.1:${app.getHttpServer().address().port}`, { transports: ["websocket"] });
const client = ClientProxyFactory.create({
  transport: Transport.TCP,
  options: { ...address, port: service.unwrap().address().port },
});
const ways = {
  event: (name, payload) =>
    new Promise((resolve) => {
      socket.once("exception", resolve);
      socket.emit(name, payload, resolve);
    }),
  message: (name, payload) => firstValueFrom(client.send(name, payload)).catch((error) => error),
};
for (const [way, ask] of Object.entries(ways)) {
  for (const [name, claims] of [
    ["open"],
    ["member"],
    ["member", {}],
    ["admin", {}],
    ["admin", { permissions: ["admin"] }],
  ]) {
    attempts = 0;
    const told = await ask(name, claims ? { token: issue(claims) } : {});
    console.log(way, name, told.reason ?? told, attempts);
  }
}
socket.close();
client.close();
await app.close();
