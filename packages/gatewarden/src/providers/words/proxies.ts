// Headers in which identity-aware proxies pass tokens on, with what is known of each proxy.
import { allProviders } from "./all.js";
import type { ProviderWords } from "./provider-words.js";

/** By header, in lower case. */
export const proxyHeaders: ReadonlyMap<string, ProviderWords> = new Map(
  allProviders.flatMap((words) => (words.headers ?? []).map((header) => [header, words] as const)),
);
