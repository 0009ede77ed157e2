// The address of an API, as `--api` names it.
import { UsageError } from "gatewarden/terminal";
import { isLoopbackUrl } from "../loopback.js";

/** Throws a `UsageError` for what is not an address of this machine. */
export function requireApi(url: string): string {
  if (isLoopbackUrl(url)) return url;
  const example = "For example: --api http://127.0.0.1:3000";
  throw new UsageError(
    `--api is ${JSON.stringify(url)}, but must be the address of an API on this machine. ${example}`,
  );
}
