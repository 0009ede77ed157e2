// The command `gatewarden gateway`.
import { runCheck } from "./cli/check-command.js";
import { type CommandLine, parseCommandLine, parseProxy, UsageError } from "./cli/command-line.js";
import { type CliIo, processIo } from "./cli/io.js";
import { toPrintable } from "./cli/report.js";
import { runServe } from "./cli/serve-command.js";
import { runSnippet } from "./cli/snippet-command.js";
import { runTest } from "./cli/test-command.js";

export type { CliIo };

const help = `Usage: gatewarden gateway [options]
       gatewarden gateway check rules.yaml [--strict]
       gatewarden gateway test cases.yaml [--rules rules.yaml]
       gatewarden gateway snippet <proxy> [--rules rules.yaml]

Checks access tokens for a reverse proxy, which asks it about each request.

  --rules <file>      The rules. Without them every request needs a valid token
  --proxy <kind>      nginx, caddy, traefik, haproxy, envoy, envoy-grpc or apache;
                      instead of the file's "proxy"
  --listen <address>  Default 127.0.0.1:4180; or unix:/run/gatewarden/gateway.sock
  --admin <address>   Metrics and health. Default 127.0.0.1:4181; "off" for none
  --events <address>  Where providers report logouts and signals. Default 127.0.0.1:4182
  --workers <count>   Processes over one port. Default 1
  --strict            With check: warnings fail too
  --help              Show this

SIGHUP, or a change of the file, reads the rules again. SIGTERM lets requests finish, then ends.
Ends with 0 on success, 1 on problems, 2 if the command line or a file cannot be read.
`;

/** Runs the command. `args` begins with the command's name. Resolves to the exit code. */
export async function main([, ...args]: readonly string[], io: CliIo = processIo): Promise<number> {
  try {
    const line = parseCommandLine(args);
    if (line.help) {
      io.out(help);
      return 0;
    }
    return await run(line, io);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    io.error(
      toPrintable(`${error instanceof Error ? error.message : "The command failed"}\n${isUsage ? `\n${help}` : ""}`),
    );
    return 2;
  }
}

async function run(line: CommandLine, io: CliIo): Promise<number> {
  const { command, operand: path = "", rules, strict } = line;
  switch (command) {
    case "serve":
      return runServe(line, io);
    case "check":
      return runCheck({ path, strict }, io);
    case "test":
      return runTest({ path, rules }, io);
    case "snippet":
      return runSnippet({ proxy: parseProxy(path), rules }, io);
  }
}
