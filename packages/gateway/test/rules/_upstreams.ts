// How servers read the path of a request: each a model of one habit, written apart from the
// gateway's own code. Returns the path by which the server would choose a handler.

type ReadPath = (raw: string) => string;

function decodeOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = Buffer.from(run.replaceAll("%", ""), "hex");
    // Lenient decoders take overlong forms for the character.
    return bytes
      .toString("latin1")
      .replace(/\xc0[\xae\xaf]/g, (pair) => (pair === "\xc0\xae" ? "." : "/"))
      .replace(/[\x80-\xff]+/g, (part) => Buffer.from(part, "latin1").toString("utf8"));
  });
}

function resolveDots(text: string): string {
  const kept: string[] = [];
  for (const segment of text.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

const readers: Readonly<Record<string, ReadPath>> = {
  "a server that takes paths as they are": (raw) => raw,
  "a file server: decoded, then without dots and empty segments": (raw) => resolveDots(decodeOnce(raw)),
  "a server that resolves dots first": (raw) => decodeOnce(resolveDots(raw)),
  "a server that decodes twice": (raw) => resolveDots(decodeOnce(decodeOnce(raw))),
  "Tomcat: without parameters": (raw) => resolveDots(decodeOnce(raw.replace(/;[^/]*/g, ""))),
  "a router that ignores case and a final slash": (raw) =>
    decodeOnce(raw)
      .toLowerCase()
      .replace(/(.)\/$/, "$1"),
  "a server that cuts at decoded question marks": (raw) => decodeOnce(raw).replace(/[?#].*$/s, ""),
  "a C string: cut at NUL": (raw) => decodeOnce(raw).replace(/\0.*$/s, ""),
  "Windows: backslashes, no case, no dots and blanks at the end": (raw) =>
    resolveDots(decodeOnce(raw).toLowerCase().replaceAll("\\", "/"))
      .split("/")
      .map((segment) => segment.replace(/[. ]+$/, ""))
      .join("/"),
  "Spring before 4.3: blanks around names do not count": (raw) =>
    decodeOnce(raw)
      .split("/")
      .map((segment) => segment.trim())
      .join("/"),
  "a server that maps compatible characters": (raw) => resolveDots(decodeOnce(raw).normalize("NFKC").toLowerCase()),
  "a server that compares in capitals": (raw) => decodeOnce(raw).toUpperCase().toLowerCase(),
};

export const upstreams: typeof readers = readers;
