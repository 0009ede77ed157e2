// What a gateway of NestJS does for each event of a socket, without the packages for it: the guard
// that the module puts before every handler is asked with the socket and the event's data, and its
// refusal becomes an `exception`.
import "reflect-metadata";
import { createServer } from "node:http";
import type { CanActivate, FactoryProvider } from "@nestjs/common";
import { APP_GUARD, type HttpAdapterHost, Reflector } from "@nestjs/core";
import { ExecutionContextHost } from "@nestjs/core/helpers/execution-context-host.js";
import { type Socket, Server as SocketServer } from "socket.io";
import { GatewardenModule, type GatewardenModuleOptions } from "../../../src/adapters/nest.js";
import { listening, serve } from "./_serve.js";

class Gateway {
  answer() {}
}

function createAuthGuard(options: GatewardenModuleOptions): CanActivate {
  const providers = GatewardenModule.forRoot(options).providers as readonly FactoryProvider[];
  const provider = providers.find(({ provide }) => provide === APP_GUARD);
  return provider?.useFactory(options, new Reflector(), {} as HttpAdapterHost);
}

await serve((guard) => {
  const server = createServer((_request, response) => void response.writeHead(404).end());
  const sockets = new SocketServer(server, { maxHttpBufferSize: 1e7 });
  const readToken = (context: { switchToWs(): { getData(): unknown } }) =>
    (context.switchToWs().getData() as { token?: string } | null | undefined)?.token;
  const authGuards = { "/": createAuthGuard({ guard }), "/optional": createAuthGuard({ guard, readToken }) };
  for (const [name, authGuard] of Object.entries(authGuards)) {
    sockets.of(name).on("connection", (socket: Socket) => {
      socket.onAny(async (_event: string, data: unknown, reply: unknown) => {
        const context = new ExecutionContextHost([socket, data], Gateway, Gateway.prototype.answer);
        context.setType("ws");
        const answer = await Promise.resolve(authGuard.canActivate(context)).catch(() => "refused");
        if (typeof reply === "function") reply(answer);
      });
    });
  }
  return listening(server);
});
