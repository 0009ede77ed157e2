// Headers in which identity-aware proxies forward tokens, with the facts about each proxy.
import { allProviders } from "./all.js";
import type { ProviderWords } from "./provider-words.js";

/** Keyed by header, in lower case. */
export const proxyHeaders: ReadonlyMap<string, ProviderWords> = new Map(
  allProviders.flatMap((words) => (words.headers ?? []).map((header) => [header, words] as const)),
);
