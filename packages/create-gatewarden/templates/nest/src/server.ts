// Starts the API.
import { NestFactory } from "@nestjs/core";
import type { ApiOptions, RunningApi } from "./api.js";
import { createAppModule } from "./app.js";

export async function startApi({ guard, host, port }: ApiOptions): Promise<RunningApi> {
  const app = await NestFactory.create(createAppModule(guard), { logger: ["error", "warn"] });
  await app.listen(port, host);
  const url = await app.getUrl();
  return { url: url.replace(/\/$/, ""), close: () => app.close() };
}
