// A stand-in for API Gateway on this machine: makes events of format 2.0 of HTTP, so that the function can be tried.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

if (existsSync(".env")) process.loadEnvFile();
const hostname = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const { handler } = await import("./handler.js");

const server = createServer(async (request, response) => {
  const { method = "GET", headersDistinct } = request;
  const { host, pathname: rawPath, search } = new URL(`http://${hostname}:${port}${request.url}`);
  const headers = Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values]) => [name, values?.join(",")]),
  );
  const requestContext = { domainName: host, http: { method, path: rawPath } };
  const event = { version: "2.0", rawPath, rawQueryString: search.slice(1), headers, requestContext };
  const result = await handler(event as APIGatewayProxyEventV2, {});
  response.writeHead(result.statusCode ?? 200, result.headers as Record<string, string>).end(result.body);
});
server.listen(port, hostname, () => console.log(`The function at http://${hostname}:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
