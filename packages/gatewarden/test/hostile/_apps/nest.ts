// NestJS behind the guard: a handler for HTTP, and a resolver under Apollo's driver.
import "reflect-metadata";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import { All, Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GraphQLModule, Query, Resolver } from "@nestjs/graphql";
import { Auth, GatewardenModule } from "../../../src/adapters/nest.js";
import { hurry, readFacts, serve } from "./_serve.js";

@Controller()
class PrivateController {
  @All("private")
  answer(@Auth() auth: Auth) {
    return readFacts(auth);
  }
}

@Resolver()
class MeResolver {
  @Query()
  me(@Auth() auth: Auth) {
    return readFacts(auth);
  }
}

await serve(async (guard) => {
  class AppModule {}
  const typeDefs = "input Any { any: Any, text: String } type Query { me(any: Any): String }";
  const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
    ...{ driver: ApolloDriver, typeDefs, playground: false, allowBatchedHttpRequests: true },
  });
  Module({
    imports: [GatewardenModule.forRoot({ guard }), graphql],
    controllers: [PrivateController],
    providers: [MeResolver],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, "127.0.0.1");
  return hurry(app.getHttpServer());
});
