// What Lambda does around a function, by its runtime API: asks for the next event, calls the handler, posts the result or the error
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Usage: lambda-loop.mjs <bundle>
import { createRequire } from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [file = ""] = process.argv.slice(2);
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const require = createRequire(import.meta.url);
const { handler } = file.endsWith(".cjs") ? require(file) : await import(pathToFileURL(file).href);

for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const event = await next.json();
  const post = (kind, body) => fetch(`${api}/${id}/${kind}`, { method: "POST", body: JSON.stringify(body) });
  try {
    await post("response", (await handler(event, { awsRequestId: id })) ?? null);
  } catch (error) {
    await post("error", { errorType: error.name, errorMessage: error.message });
  }
}
