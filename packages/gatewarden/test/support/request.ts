// Requests over real sockets, without the manners of fetch: forbidden headers, repeated headers, bodies that never end.
import { type IncomingMessage, request as sendHttp } from "node:http";
import { request as sendHttps } from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** What an application answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Every challenge, in order, whether it came in a header of its own or in a list. */
  readonly challenge: string | undefined;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON, as the test expects it.
  readonly json: any;
}

/** What is sent. */
export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request to an application. */
export function call(url: string, { method = "GET", headers = {}, body }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Which server it is, these requests do not ask.
    const send = url.startsWith("https:") ? sendHttps : sendHttp;
    const request = send(url, { method, headers, agent: false, rejectUnauthorized: false }, (response) => {
      readAll(response).then((text) => resolve(toAnswer(response, text)), reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

function toAnswer(response: IncomingMessage, text: string): Answer {
  const challenges = response.headersDistinct["www-authenticate"];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    challenge: challenges?.join(", "),
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

/** Writes lines as they are and answers the head of the response, without waiting for the end of anything. */
export function sendRaw(origin: string, lines: readonly string[], body = ""): Promise<string> {
  const { port, hostname: host, protocol } = new URL(origin);
  return new Promise((resolve, reject) => {
    let answer = "";
    const write = () => socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    const terms = { port: Number(port), host, rejectUnauthorized: false };
    const socket = protocol === "https:" ? connectTls(terms, write) : connect(terms, write);
    socket.on("data", (chunk) => {
      answer += chunk;
      if (answer.includes("\r\n\r\n")) {
        resolve(answer);
        socket.destroy();
      }
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}
