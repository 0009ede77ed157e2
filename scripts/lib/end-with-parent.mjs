// Ends this process when its parent is gone: a parent that was killed cannot tell it. Imported, or preloaded into a child.
// Also for npm: on SIGTERM it passes the signal to the shell it started, and such a shell ends without passing it on.
const parent = process.ppid;

const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, "SIGTERM");
}, 250);

watch.unref();
