// Starts the API.
import type { ApiOptions, RunningApi } from "./api.js";
import { createApp } from "./app.js";

export async function startApi({ guard, host, port }: ApiOptions): Promise<RunningApi> {
  const app = await createApp(guard);
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}
