// What node:http hides: a second Authorization or Host header, however it is spelled, beside names that look like them.
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readHeaders } from "../../src/adapters/_node.js";

const server = createServer((request, response) => {
  const headers = readHeaders(request);
  const { authorization, host } = headers;
  response.end(JSON.stringify({ isAsItCame: headers === request.headers, authorization, host }));
});
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => void server.close());

/** Sends header lines as they are, and gives what the server read. */
async function read(lines: readonly string[]): Promise<unknown> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(["GET / HTTP/1.1", ...lines, "Connection: close", "", ""].join("\r\n"));
  const answer = await text(socket);
  return JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4).replace(/^[^{]*|[^}]*$/g, ""));
}

test.each([
  [["Host: a", "DPoP: p", "Authorization: b", "Cache-Control: c"], { isAsItCame: true, authorization: "b", host: "a" }],
  [["Host: a", "Hash: h", "Authorization: b", "Authorisation: c"], { isAsItCame: true, authorization: "b", host: "a" }],
  [["host: a", "aUTHORIZATION: b", "Authorization: c"], { isAsItCame: false, authorization: ["b", "c"], host: ["a"] }],
  [["HOST: a", "Host: b", "Authorization: c"], { isAsItCame: false, authorization: ["c"], host: ["a", "b"] }],
])("%j", async (lines, expected) => expect(await read(lines)).toEqual(expected));
