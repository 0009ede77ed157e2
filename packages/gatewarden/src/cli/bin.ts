// The process of the command `gatewarden`: hands the process over to `main`.
import { main } from "./main.js";
import { toPrintableLines } from "./printable.js";

try {
  process.exitCode = await main(process.argv.slice(2));
  // The module of `--config` may keep connections open: they are not waited for.
  setTimeout(() => process.exit(), 500).unref();
} catch (error) {
  // Node.js would print the message as it is, and it may quote what came from outside.
  process.stderr.write(`${toPrintableLines(error instanceof Error ? (error.stack ?? error.message) : "It failed.")}\n`);
  process.exitCode = 1;
}
