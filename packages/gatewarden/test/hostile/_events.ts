// Attacks on handshakes and events of Socket.IO, and on packets of a NestJS microservice, in the
// protocols' own texts.
import { connect } from "node:net";
import type { Attack, Shot, Target } from "./_attack.js";
import { anyJson, toLabel } from "./_json.js";
import { type Ask, type Line, open } from "./_sockets.js";

/** Opens a connection of Engine.IO, and joins a namespace with a handshake that is any text. */
async function join({ port }: Target, { name = "", auth = "" }): Promise<{ line: Line; answer: string | undefined }> {
  const line = await open(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  if (typeof line === "number") throw new Error(`The upgrade was answered ${line}`);
  await line.next("0");
  line.socket.send(`40${name}${auth}`);
  return { line, answer: await line.next("40", "44") };
}

export const askSocketIo: Ask = async (target, token) => {
  const { line, answer } = await join(target, { auth: token === undefined ? "" : JSON.stringify({ token }) });
  line.socket.terminate();
  return answer?.startsWith("40") ? "in" : "out";
};

/** What a handshake is: objects only, for Socket.IO itself refuses all else. */
function toHandshakes(name: string): Attack {
  const shot = (auth: string): Shot => ({
    label: toLabel(auth),
    fire: async (target) => {
      const { line } = await join(target, { name, auth });
      line.socket.terminate();
    },
  });
  const comma = name === "" ? "" : ",";
  return {
    position: `the handshake at /${name.slice(1)}`,
    shots: () => anyJson.flatMap((json) => [shot(`${comma}${json}`), shot(`${comma}{"token":${json}}`)]),
  };
}

/** Events: with an acknowledgement, without one, and with more arguments than it has. */
function toEvents(name: string, event: string): Attack {
  const comma = name === "" ? "" : ",";
  const shot = (json: string, number: string): Shot => ({
    label: `${number} ${toLabel(json)}`,
    fire: async (target) => {
      const { line } = await join(target, {
        ...{ name, auth: name === "" ? JSON.stringify({ token: target.good }) : comma },
      });
      line.socket.send(`42${name}${comma}${number}["${event}",${json}]`);
      // NestJS tells a refusal in an event, and leaves the acknowledgement out.
      const exception = `42${name}${comma}["exception"`;
      if (number !== "") await line.next(`43${name}${comma}${number}`, exception, "44", "41");
      line.socket.send(`42${name}${comma}["${event}",${json},${json}]`);
      line.socket.send(`42${name}${comma}["${event}"]`);
      line.socket.send("2");
      line.socket.terminate();
    },
  });
  return {
    position: `the event ${event} at /${name.slice(1)}`,
    shots: () => anyJson.flatMap((json) => [shot(json, "7"), shot(json, "")]),
  };
}

export const socketIoAttacks: readonly Attack[] = [
  toHandshakes(""),
  toHandshakes("/optional"),
  toEvents("", "authenticate"),
  toEvents("/optional", "authenticate"),
];

/** NestJS reads the token of an event from wherever the application says. */
export const nestSocketAttacks: readonly Attack[] = [toEvents("", "message"), toEvents("/optional", "message")];

export const askNestSockets: Ask = async (target, token) => {
  const { line } = await join(target, { name: "/optional", auth: "," });
  line.socket.send(`42/optional,1${JSON.stringify(["message", token === undefined ? {} : { token }])}`);
  // An acknowledgement, or the event `exception`.
  const answer = await line.next("43", "42");
  line.socket.terminate();
  return answer?.includes("auth0|alice") ? "in" : "out";
};

/** One packet of NestJS's transport over TCP, and what was answered to it. */
async function sendPacket(port: number, json: string, hasAnswer = true): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  const closed = new Promise<void>((resolve) => {
    socket.on("error", () => {}).on("close", () => resolve());
  });
  const answered = new Promise<void>((resolve) => {
    socket.on("data", (part) => {
      answer += part;
      resolve();
    });
  });
  socket.write(`${json.length}#${json}`);
  if (!hasAnswer) socket.end();
  await Promise.race([answered, closed]);
  socket.destroy();
  return answer;
}

export const askNestMessages: Ask = async ({ port }, token) => {
  const data = token === undefined ? {} : { token };
  const answer = await sendPacket(port, JSON.stringify({ pattern: "private", data, id: "1" }));
  return answer.includes("auth0|alice") ? "in" : "out";
};

const toPackets = (position: string, toText: (json: string) => string, hasAnswer = true): Attack => ({
  position,
  shots: () =>
    anyJson.map((json) => ({
      label: toLabel(json),
      fire: async ({ port }) => void (await sendPacket(port, toText(json), hasAnswer)),
    })),
});

export const nestMessageAttacks: readonly Attack[] = [
  toPackets("the data of a message", (json) => `{"pattern":"private","data":${json},"id":"1"}`),
  toPackets("the token of a message", (json) => `{"pattern":"private","data":{"token":${json}},"id":"1"}`),
  toPackets("the token of an event", (json) => `{"pattern":"event","data":{"token":${json}}}`, false),
];
