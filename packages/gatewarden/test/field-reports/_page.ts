// A page of another origin, as browsers let it call: preflight first, and only what CORS shows of the answer (Fetch §3.3, §4.9).

/** What the script of the page sees. */
export interface Seen {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

const safeMethods = ["GET", "HEAD", "POST"];
const safeHeaders = ["accept", "accept-language", "content-language"];
const shownHeaders = [
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
];

/** Calls without cookies. Throws `TypeError`, as a browser does, where CORS forbids it. */
export async function callFromPage(
  origin: string,
  url: string,
  { method = "GET", headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Seen> {
  const named = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter((name) => !safeHeaders.includes(name))
    .sort();
  if (!safeMethods.includes(method) || named.length > 0) await askFirst(origin, url, method, named);
  const answer = await fetch(url, { method, headers: { ...headers, origin }, ...(body !== undefined && { body }) });
  requireOrigin(answer, origin);
  const exposed = list(answer, "access-control-expose-headers");
  const isShown = (name: string) =>
    shownHeaders.includes(name) || exposed.includes("*") || exposed.includes(name.toLowerCase());
  return {
    status: answer.status,
    header: (name) => (isShown(name.toLowerCase()) ? answer.headers.get(name) : null),
    text: await answer.text(),
  };
}

/** CORS-preflight fetch (Fetch §4.9). */
async function askFirst(origin: string, url: string, method: string, named: readonly string[]): Promise<void> {
  const answer = await fetch(url, {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": method,
      ...(named.length > 0 && { "access-control-request-headers": named.join(",") }),
    },
  });
  requireOrigin(answer, origin);
  if (!answer.ok) throw new TypeError(`The preflight was answered ${answer.status}`);
  const methods = list(answer, "access-control-allow-methods");
  if (
    ![...safeMethods.map((one) => one.toLowerCase()), ...methods].includes(method.toLowerCase()) &&
    !methods.includes("*")
  )
    throw new TypeError(`The method ${method} is not allowed`);
  const allowed = list(answer, "access-control-allow-headers");
  // The asterisk does not stand for Authorization (Fetch §3.3.5).
  const refused = named.find((name) => !allowed.includes(name) && (name === "authorization" || !allowed.includes("*")));
  if (refused !== undefined) throw new TypeError(`The header ${refused} is not allowed`);
}

function requireOrigin(answer: Response, origin: string): void {
  const allowed = answer.headers.get("access-control-allow-origin");
  if (allowed !== "*" && allowed !== origin) throw new TypeError(`The origin is not allowed: ${allowed}`);
}

function list(answer: Response, name: string): readonly string[] {
  return (answer.headers.get(name) ?? "").toLowerCase().split(/\s*,\s*/);
}
