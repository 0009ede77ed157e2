// The process of the command `gatewarden`: runs `main`.
import { main } from "./main.js";
import { toPrintableLines } from "./terminal/printable.js";

// A reader such as `head` ends when it has seen enough. The command ends as it would have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (!("code" in error && error.code === "EPIPE")) throw error;
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
  // The module of `--config` may keep connections open. Do not wait for them.
  setTimeout(() => process.exit(), 500).unref();
} catch (error) {
  // Node.js would print the message unescaped, and it may quote untrusted text.
  process.stderr.write(`${toPrintableLines(error instanceof Error ? (error.stack ?? error.message) : "It failed.")}\n`);
  process.exitCode = 1;
}
