// The flag `--timeout`.
import { UsageError } from "./terminal/parse-flags.js";

/** Seconds. Default 5. Throws `UsageError`. */
export function parseTimeout(text: string | undefined, command: string): number {
  const seconds = Number(text ?? 5);
  if (seconds >= 0.1 && seconds <= 60) return seconds;
  throw new UsageError(
    `--timeout is a number of seconds from 0.1 to 60. For example: --timeout 10\nSee: gatewarden ${command} --help`,
  );
}
