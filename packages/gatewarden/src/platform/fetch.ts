// What the library asks of a `fetch`, and no more: the functions and answers of Node.js, undici, Bun
// and Deno, every wrapper around them and every mock have it in common, while their types differ
// (nodejs/undici#3639, oven-sh/bun#23741).

/** What is sent with a request. */
export interface FetchInit {
  /** Default `GET`. */
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** Redirects are judged and followed by the library itself. */
  readonly redirect: "manual";
  readonly signal?: AbortSignal;
}

/** What is read of an answer. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: {
    get(name: string): string | null;
    forEach(each: (value: string, name: string) => void): void;
  };
  /** A stream of bytes, or null. */
  readonly body: FetchBody | null;
}

/** A `ReadableStream`, of whichever library. */
export interface FetchBody {
  getReader(): FetchReader;
  cancel(): Promise<unknown>;
}

/** What reads a body. */
export interface FetchReader {
  read(): Promise<
    { readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: unknown }
  >;
  cancel(): Promise<unknown>;
}

/** Asks a URL: the global `fetch`, undici's, or a function around one. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>;

/** The global one of the moment: tests and tracing put another in its place after guards were made. */
export const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);
