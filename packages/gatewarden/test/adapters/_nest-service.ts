// A microservice over TCP, and its client.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Module, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ClientProxyFactory, type MicroserviceOptions, Transport } from "@nestjs/microservices";
import { firstValueFrom } from "rxjs";
import { GatewardenModule, type GatewardenModuleOptions } from "../../src/adapters/nest.js";
import { guard, type Payload, running } from "./_nest-app.js";

export async function startMicroservice(options: Partial<GatewardenModuleOptions>, controllers: Type[]) {
  class AppModule {}
  Module({ imports: [GatewardenModule.forRoot({ guard, ...options })], controllers })(AppModule);
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
    ...{ transport: Transport.TCP, options: { host: "127.0.0.1", port: 0 }, logger: false },
  });
  await app.listen();
  const { port } = app.unwrap<Server>().address() as AddressInfo;
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: "127.0.0.1", port } });
  running.push(
    () => app.close(),
    () => client.close(),
  );
  const send = (pattern: string, message: Payload) => firstValueFrom(client.send<string>(pattern, message ?? {}));
  const emit = (pattern: string, message: Payload) =>
    firstValueFrom(client.emit<void>(pattern, message ?? {}), { defaultValue: undefined });
  return { send, emit };
}
