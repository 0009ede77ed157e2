// Nest on its other platform, Fastify: what is let in, and what a refused client is told. Decorators are called by hand: this is JavaScript.
import "reflect-metadata";
import { Controller, Get, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { createGuard, permission } from "gatewarden";
import { Auth, GatewardenModule, Need, Public } from "gatewarden/nest";
import { issue, options } from "./token.cjs";

class AdminController {
  admin(auth) {
    return { user: auth.subject };
  }
  open() {
    return { user: "anybody" };
  }
}
const decorate = (name, ...decorators) => {
  const descriptor = Object.getOwnPropertyDescriptor(AdminController.prototype, name);
  for (const one of decorators) one(AdminController.prototype, name, descriptor);
};
Controller()(AdminController);
Auth()(AdminController.prototype, "admin", 0);
decorate("admin", Get("admin"), Need(permission("read:admin")));
decorate("open", Get("open"), Public());

class AppModule {}
Module({ imports: [GatewardenModule.forRoot({ guard: createGuard(options) })], controllers: [AdminController] })(
  AppModule,
);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.listen(0, "127.0.0.1");
const origin = `http://127.0.0.1:${app.getHttpServer().address().port}`;
for (const [path, claims] of [["open"], ["admin"], ["admin", {}], ["admin", { permissions: ["read:admin"] }]]) {
  const headers = claims && { authorization: `Bearer ${issue(claims)}` };
  const response = await fetch(`${origin}/${path}`, { headers });
  const { user, reason } = await response.json();
  console.log(
    response.status,
    response.headers.get("www-authenticate")?.replace(/, error_.*?"(?=, )/, ""),
    user ?? reason,
  );
}
await app.close();
