// Runs once per runtime when the server starts.
export async function register(): Promise<void> {
  // The edge runtime has no process that could be ended.
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./check-environment");
}
