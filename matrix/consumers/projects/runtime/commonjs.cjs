// By `require`, as a CommonJS application does: the guard at work, and every sub-path that is named.
const gatewarden = require("gatewarden");
const adapter = require("gatewarden/fetch");
const { report, work } = require("./work.cjs");

work(gatewarden, adapter).then(() => {
  for (const name of process.argv.slice(2)) report(name, require(name));
  console.log("all sub-paths load");
});
