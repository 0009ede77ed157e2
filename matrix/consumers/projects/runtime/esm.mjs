// By `import`: the guard at work, and every sub-path that is named.
import * as gatewarden from "gatewarden";
import * as adapter from "gatewarden/fetch";
import { report, work } from "./work.cjs";

await work(gatewarden, adapter);
for (const name of process.argv.slice(2)) report(name, await import(name));
console.log("all sub-paths load");
