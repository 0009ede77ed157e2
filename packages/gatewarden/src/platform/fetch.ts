// The part of `fetch` that the library uses. The functions and responses of Node.js, undici, Bun
// and Deno, every wrapper around them and every mock have it in common, while their types differ
// (nodejs/undici#3639, oven-sh/bun#23741).

/** The parts of a request that are set. */
export interface FetchInit {
  /** Default `GET`. */
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** The library itself checks and follows redirects. */
  readonly redirect: "manual";
  readonly signal?: AbortSignal;
}

/** The parts of a response that are read. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: {
    get(name: string): string | null;
    forEach(each: (value: string, name: string) => void): void;
  };
  /** A stream of bytes, or null. */
  readonly body: FetchBody | null;
}

/** A `ReadableStream` of any library. */
export interface FetchBody {
  getReader(): FetchReader;
  cancel(): Promise<unknown>;
}

/** Reads a body. */
export interface FetchReader {
  read(): Promise<
    { readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: unknown }
  >;
  cancel(): Promise<unknown>;
}

/** Sends a request: the global `fetch`, undici's, or a function around one. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

/** The current global `fetch`: tests and tracing replace it after guards were created. */
export const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);
