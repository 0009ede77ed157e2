// What stands in proofs and in the requests that they come with: methods, URLs, hosts and times, near the right ones and far from them.

export const host = "api.test";
export const path = "/orders/1";
export const url = `https://${host}${path}`;

export const methods = ["GET", "get", "Get", "POST", "DELETE", "OPTIONS", " GET", "GET ", "", "HEAD"];

const schemes = ["http", "HTTPS", "ftp", "https+x", "wss"];
const ports = [":443", ":0443", ":", ":80", ":8443", ":00000443", ":443443", ":x"];
const addresses = ["127.1", "0x7f.1", "2130706433", "127.0.0.1", "[::1]", "[0:0::1]", "xn--a"];
const names = "API.TEST api.test. evil.test u@api.test u:p@api.test api.test@evil.test %61pi.test api.test\\evil".split(
  " ",
);
const foreign = ["api\u3002test", "\u00e4.test"];
const paths =
  "/orders/./1 /x/../orders/1 /orders/1/. /orders/%31 /%6frders/1 /orders%2f1 /orders%2F1 /orders/%2e/1 /ORDERS/1 /orders/%C3%A9".split(
    " ",
  );
const badPaths = ["\\orders\\1", "/orders/1%", "/orders/1%zz", "/orders/\u00e9"];

/** For `htu`. */
export const targets = [
  ...[url, `${url}?q=1`, `${url}#f`, `${url}?`, `${url}/`, `${url}//`, path, `//${host}${path}`, `https:${path}`],
  ...schemes.map((scheme) => url.replace("https", scheme)),
  ...ports.map((port) => `https://${host}${port}${path}`),
  ...[...names, ...addresses, ...foreign].map((name) => `https://${name}${path}`),
  ...[...paths, ...badPaths].map((one) => `https://${host}${one}`),
  ...[` ${url}`, `${url} `, url.replace("o", "o\n"), url.replace("/1", "\t/1"), `${url}\u0000`, `${url},${url}`],
];

/** What a request may ask for, as HTTP knows it or not (RFC 9112 §3.2). */
export const requestTargets = [
  ...[`${path}?q=1`, `${path}?`, `${path}#f`, `${path}/`, "/", "/orders/%c3%a9", "//evil.test/orders/1", "*", "orders"],
  ...[...paths, ...badPaths],
  ...[url, `https://evil.test${path}`, `http://${host}${path}`, `https://${host}`],
];

/** For the header Host. */
export const hosts = [
  ...addresses,
  ..."API.test api.test:443 api.test:80 api.test: api.test:0443 evil.test api.test/x u@api.test api.test? api.test:99999".split(
    " ",
  ),
  "",
];

/** Seconds from now, around the bounds of all configurations; the last two are no times for a clock. */
export const offsets = [
  -3600, -66, -65, -64.5, -64, -61, -60, -59, -11, -10, -9.5, -1, -0.5, 0, 0.5, 1, 4, 5, 5.5, 6, 60, 1e9, 1e15,
];
