// What people paste: tokens, header lines, curl commands, requests. Read as the guard would get them.
import { describe, expect, test } from "vitest";
import { readPasted } from "../../src/cli/pasted.js";

const get = { method: "GET", url: "http://api.test/a" };
const bearer = { authorization: "Bearer t" };

describe("A curl command", () => {
  test.each([
    [`curl http://api.test/a`, { ...get, headers: {} }],
    [`$ curl -i http://api.test/a -H 'Authorization: Bearer t'`, { ...get, headers: bearer }],
    [`curl -H "Authorization: Bearer t" http://api.test/a`, { ...get, headers: bearer }],
    [`curl -H"Authorization: Bearer t" "http://api.test/a"`, { ...get, headers: bearer }],
    [`curl --header=Authorization:\\ Bearer\\ t http://api.test/a`, { ...get, headers: bearer }],
    [`curl --oauth2-bearer t --url http://api.test/a`, { ...get, headers: bearer }],
    [`curl 'http://api.test/a' \\\n  -H 'Authorization: Bearer t' \\\n  --compressed`, { ...get, headers: bearer }],
    [`curl.exe ^"http://api.test/a^" ^\r\n  -H ^"Authorization: Bearer t^"`, { ...get, headers: bearer }],
    [`curl -XPOST -d '{"a":1}' http://api.test/a`, { ...get, method: "POST", headers: {} }],
    [`curl --data-raw $'it\\'s' http://api.test/a`, { ...get, method: "POST", headers: {} }],
    [`curl -I http://api.test/a`, { ...get, method: "HEAD", headers: {} }],
    [`curl -X DELETE -o /dev/null -w '%{http_code}' http://api.test/a`, { ...get, method: "DELETE", headers: {} }],
    [`curl -u alice:secret http://api.test/a`, { ...get, headers: { authorization: "Basic of-curl" } }],
    [`curl -b 'session=1' http://api.test/a`, { ...get, headers: { cookie: "of-curl" } }],
    [`curl api.test/a`, { ...get, headers: {} }],
    [`curl -H 'Authorization: "Bearer t"' http://api.test/a`, { ...get, headers: { authorization: '"Bearer t"' } }],
    [
      `curl -H "Authorization: Bearer $TOKEN" http://api.test/a`,
      { ...get, headers: { authorization: "Bearer $TOKEN" } },
    ],
    [`curl -H 'A: 1' -H 'a: 2' http://api.test/a`, { ...get, headers: { a: ["1", "2"] } }],
  ])("%s", (text, request) => {
    expect(readPasted(text)).toEqual(request);
  });

  test("keeps a password and a cookie to itself", () => {
    expect(JSON.stringify(readPasted("curl -u alice:secret -b session=1 http://api.test/"))).not.toMatch(
      /secret|session/,
    );
  });
});

describe("An HTTP request", () => {
  const headers = { host: "api.test", ...bearer };
  const request = { method: "POST", url: "/a?b=1", headers, connection: { isEncrypted: true } };

  test.each([
    "POST /a?b=1 HTTP/1.1\r\nHost: api.test\r\nAuthorization: Bearer t\r\n\r\nA: body",
    "\nPOST /a?b=1 HTTP/2\nhost: api.test\nauthorization: Bearer t\n",
    "* Connected\n> POST /a?b=1 HTTP/1.1\n> Host: api.test\n> Authorization: Bearer t\n> \n< HTTP/1.1 401 Unauthorized\n< a: b",
  ])("%j", (text) => {
    expect(readPasted(text)).toEqual(request);
  });

  test("to this machine came over http", () => {
    expect(readPasted("GET / HTTP/1.1\nHost: localhost:3000")).toMatchObject({ connection: { isEncrypted: false } });
  });
});

describe("Header lines", () => {
  test.each([
    "Authorization: Bearer t",
    "  authorization: Bearer t  ",
    "'Authorization: Bearer t'",
    "Authorization: Bearer t\n\n",
  ])("%j", (text) => {
    expect(readPasted(text)).toEqual({ method: "GET", url: "/", headers: bearer });
  });
});

test.each(["t", "  t\n", "Bearer t", '{"access_token":"t"}', "", "curly", "GET out"])(
  "%j is or should be a token",
  (text) => {
    expect(readPasted(text)).toBe(text.trim());
  },
);
