// A share of a run, in a thread of its own.
import process from "node:process";
import { parentPort, workerData } from "node:worker_threads";
import { fuzz } from "./subjects.mjs";

// Key sets with keys that are left out are what is tested here; each would warn.
process.removeAllListeners("warning");
// Most cases end in an error, and nobody reads where it came from.
Error.stackTraceLimit = 0;
parentPort?.postMessage(await fuzz(workerData));
