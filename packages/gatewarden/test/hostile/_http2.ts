// Attacks over HTTP/2: what a client of Node.js can send, and streams that are given up.
import { once } from "node:events";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import type { Attack, Shot, Target } from "./_attack.js";
import { credentialLines, tokenLines } from "./_http.js";
import { toLabel } from "./_json.js";
import type { Ask } from "./_sockets.js";

type Headers = Readonly<Record<string, string>>;

async function withSession<Result>(port: number, use: (session: ClientHttp2Session) => Promise<Result>) {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  try {
    return await use(session);
  } finally {
    session.destroy();
  }
}

async function send(session: ClientHttp2Session, headers: Headers): Promise<number> {
  const stream = session.request({ ":path": "/private", ...headers });
  const ended = once(stream, "close").catch(() => []);
  stream.on("error", () => {}).resume();
  const [head] = await Promise.race([once(stream, "response"), ended]).catch(() => []);
  await ended;
  return Number((head as { ":status"?: number } | undefined)?.[":status"] ?? 0);
}

export const askHttp2: Ask = async ({ port }, token) => {
  const headers: Headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const status = await withSession(port, (session) => send(session, headers));
  return status === 200 ? "in" : status === 401 ? "out" : String(status);
};

/** Lines as HTTP/2 has them; what Node.js would not send is left out. */
function toHeaders(lines: readonly string[]): Headers {
  return Object.fromEntries(
    lines.map((line) => {
      const split = line.indexOf(":");
      return [line.slice(0, split).toLowerCase(), line.slice(split + 1).trim()];
    }),
  );
}

function toShot(headers: Headers): Shot {
  return {
    label: toLabel(JSON.stringify(headers)),
    fire: async ({ port }) => void (await withSession(port, (session) => send(session, headers))),
  };
}

/** A stream that is reset at once, or whose session is: the answer comes too late. */
function toLeaver(authorization: string, how: "stream" | "session"): Shot {
  return {
    label: `resets the ${how}: ${toLabel(authorization)}`,
    fire: ({ port }) =>
      withSession(port, async (session) => {
        await once(session, "connect");
        const streams = Array.from({ length: 20 }, () => session.request({ ":path": "/private", authorization }));
        for (const stream of streams) stream.on("error", () => {}).end();
        // The requests are on their way when they are taken back.
        await new Promise((resolve) => setImmediate(resolve));
        if (how === "session") session.destroy();
        else for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
        await Promise.all(streams.map((stream) => stream.closed || once(stream, "close")));
      }),
  };
}

export const http2Attacks: readonly Attack[] = [
  { position: "the Authorization header", shots: (target) => toLines(credentialLines(target)) },
  { position: "a token's header and claims", shots: () => toLines(tokenLines) },
  {
    position: "the authority and the target",
    shots: ({ good }: Target) =>
      ["", ",", "a b", "[::", "a:99999999", "__proto__", "//", "/%", "*", "x"].flatMap((odd) => {
        const authorization = `Bearer ${good}`;
        return [{ ":authority": odd }, { ":authority": "a", host: odd }, { ":path": odd === "" ? "/" : odd }].map(
          (headers) => toShot({ authorization, ...headers } as Headers),
        );
      }),
  },
  {
    position: "names of headers",
    shots: ({ good }) =>
      ["__proto__", "constructor", "get", "then", "tostring"].map((name) =>
        toShot(Object.fromEntries([["authorization", `Bearer ${good}`] as const, [name, "x"] as const])),
      ),
  },
  {
    position: "an answer that something else gave before",
    shots: ({ good, forged }) =>
      [`Bearer ${good}`, `Bearer ${forged}`, "Bearer x", "Bearer y", ""].map((authorization) =>
        toShot({ ":path": "/private?hurried", authorization }),
      ),
  },
  {
    position: "the end of the stream",
    shots: ({ good, forged }) =>
      [`Bearer ${good}`, `Bearer ${forged}`, "Bearer x", ""].flatMap((authorization) => [
        toLeaver(authorization, "stream"),
        toLeaver(authorization, "session"),
      ]),
  },
];

function toLines(lines: readonly (readonly string[])[]): readonly Shot[] {
  // Of two headers of one name an object holds the last: these go over the wire in the tests of
  // `gatewarden/node`.
  return lines.map((some) => toShot(toHeaders(some)));
}
