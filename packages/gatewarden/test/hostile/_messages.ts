// Attacks on what adapters read beyond the head of a request: calls of a batch, operations,
// messages.
import { type Attack, post, request, type Target, toShots } from "./_attack.js";
import { anyJson, smallJson } from "./_json.js";

function attack(position: string, texts: (target: Target) => readonly string[]): Attack {
  return { position, shots: (target) => toShots(target, texts(target)) };
}

const bearer = ({ good }: Target) => [`Authorization: Bearer ${good}`];
const query = (json: string) => encodeURIComponent(json.replaceAll("\ud800", ""));

/** tRPC: inputs of single calls and of batches, by query and by body, and names of procedures. */
export const trpcAttacks: readonly Attack[] = [
  attack("an input", (target) => [
    ...smallJson.map((json) => request(`/private?input=${query(json)}`, bearer(target))),
    ...anyJson.map((json) => post("/change", json, bearer(target))),
    ...smallJson.map((json) => request(`/private?input=${query(json)}`)),
  ]),
  attack("the inputs of a batch", (target) => [
    ...smallJson.map((json) => request(`/private,private?batch=1&input=${query(json)}`, bearer(target))),
    ...smallJson.map((json) => request(`/private,private?batch=1&input=${query(`{"0":${json},"1":${json}}`)}`)),
    ...anyJson.map((json) => post("/change,change?batch=1", `{"0":${json},"1":${json}}`, bearer(target))),
    ...anyJson.map((json) => post("/change,change?batch=1", json)),
  ]),
  attack("the names of calls", (target) =>
    ["__proto__", "constructor", "toString.call", "private,", ",", "private,__proto__,x", "a.b.c", "%", "%00"].flatMap(
      (name) => [request(`/${name}`, bearer(target)), request(`/${name}?batch=1`, bearer(target))],
    ),
  ),
  attack("a batch of many calls", (target) => [
    request(`/${Array(1500).fill("private").join(",")}?batch=1`, bearer(target)),
    request(`/${Array(1500).fill("private").join(",")}?batch=1`),
  ]),
  attack("how answers are to be sent", (target) =>
    [[], bearer(target)].flatMap((lines) => [
      request("/private?batch=1", [...lines, "trpc-accept: application/jsonl"]),
      request("/private,private?batch=1", [...lines, "Accept: text/event-stream", "trpc-accept: x"]),
      request("/events", [...lines, "Accept: text/event-stream", "Last-Event-Id: __proto__"]),
      request("/events?lastEventId=%5B%5D&input=1", lines),
    ]),
  ),
  attack("connection parameters", (target) =>
    smallJson.flatMap((json) => [
      request(`/private?connectionParams=${query(json)}`),
      request(`/private?connectionParams=${query(json)}`, bearer(target)),
    ]),
  ),
];

/** GraphQL: operations, variables, extensions and batches. */
export function graphqlAttacks(path: string): readonly Attack[] {
  const asks = (texts: readonly string[], target: Target) =>
    texts.flatMap((text) => [post(path, text, bearer(target)), post(path, text)]);
  const members = (name: string) => anyJson.map((json) => `{"query":"{ me }","${name}":${json}}`);
  return [
    attack("a body of GraphQL", (target) => asks(anyJson, target)),
    attack("the operation", (target) =>
      asks(
        [
          ...anyJson.map((json) => `{"query":${json}}`),
          ...[
            "{",
            "{me",
            "{ __proto__ }",
            "{ salary }",
            "subscription { me }",
            `${"{me".repeat(3000)}`,
            "#",
            "{me(any:{",
          ]
            .map((text) => JSON.stringify(text))
            .map((json) => `{"query":${json}}`),
        ],
        target,
      ),
    ),
    attack("variables", (target) =>
      asks(
        [
          ...members("variables"),
          ...anyJson.map((json) => `{"query":"query($a: Any) { me(any: $a) }","variables":{"a":${json}}}`),
        ],
        target,
      ),
    ),
    attack("extensions and names", (target) => asks([...members("extensions"), ...members("operationName")], target)),
    attack("a batch of operations", (target) =>
      asks(
        [
          ...anyJson.map((json) => `[${json},{"query":"{ me }"},${json}]`),
          `[${Array(500).fill('{"query":"{me}"}').join(",")}]`,
        ],
        target,
      ),
    ),
    attack("a query by its address", (target) =>
      smallJson.flatMap((json) => [
        request(`${path}?query=${query(json)}`, bearer(target)),
        request(`${path}?query=%7Bme%7D&variables=${query(json)}&extensions=${query(json)}`, bearer(target)),
      ]),
    ),
  ];
}

/** MCP: messages, batches of them, and calls of tools. */
export const mcpAttacks: readonly Attack[] = ["/private", "/tools"].flatMap((path) => {
  const asks = (texts: readonly string[], target: Target) =>
    texts.flatMap((text) => [post(path, text, bearer(target)), post(path, text)]);
  const call = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
  return [
    attack(`a message at ${path}`, (target) => asks(anyJson, target)),
    attack(`the members of a message at ${path}`, (target) =>
      asks(
        anyJson.map((json) => `{"jsonrpc":${json},"id":${json},"method":${json},"params":{}}`),
        target,
      ),
    ),
    attack(`the parameters of a call at ${path}`, (target) =>
      asks(
        anyJson.flatMap((json) => [call(json), call(`{"name":${json},"arguments":${json}}`)]),
        target,
      ),
    ),
    attack(`the items of a batch at ${path}`, (target) =>
      asks(
        [
          ...anyJson.map((json) => `[${json},${call('{"name":"whoami"}')},${json}]`),
          `[${Array(10_000).fill('{"method":"tools/call"}').join(",")}]`,
        ],
        target,
      ),
    ),
    attack(`a malformed body at ${path}`, (target) => [
      request(path, bearer(target), { method: "POST" }),
      request(path, [...bearer(target), "Content-Type: text/plain"], { method: "POST", body: "x" }),
      post(path, "{", bearer(target)),
    ]),
  ];
});
