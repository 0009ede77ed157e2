// What an API is started with, and what it then is.
import type { Guard } from "gatewarden";

/** What `startApi` needs. */
export interface ApiOptions {
  readonly guard: Guard;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** An API that listens. */
export interface RunningApi {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** Ends it, after the requests under way. */
  close(): Promise<void>;
}
