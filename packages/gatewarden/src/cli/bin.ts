// The process of the command `gatewarden`: hands the process over to `main`.
import { main } from "./main.js";

process.exitCode = await main(process.argv.slice(2));
