import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Handler, toListener } from "../../src/server/pipeline.js";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handlers: readonly Handler[], onError: (error: Error) => void = () => undefined): Promise<string> {
  const server = createServer(toListener(handlers, onError));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query=1`;
}

test("handlers run in order, and an earlier one can wrap a later one", async () => {
  const order: string[] = [];
  const wrap: Handler = async (_exchange, next) => {
    order.push("before");
    await next();
    order.push("after");
  };
  const answer: Handler = async ({ response, url }) => {
    order.push("answer");
    response.end(url.pathname + url.search);
  };
  const address = await serve([wrap, answer]);
  expect(await (await fetch(address)).text()).toBe("/path?query=1");
  expect(order).toEqual(["before", "answer", "after"]);
});

test("a handler that throws is answered with 500 and reported", async () => {
  const errors: Error[] = [];
  const fail: Handler = async () => {
    throw new Error("secret detail");
  };
  const response = await fetch(await serve([fail], (error) => errors.push(error)));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret detail");
  expect(errors).toMatchObject([{ message: "secret detail" }]);
});
