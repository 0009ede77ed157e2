// Events of sockets in Nest: whose facts a handler sees, and what a message's token may be.

import { type ExecutionContext, UseInterceptors } from "@nestjs/common";
import { WsAdapter } from "@nestjs/platform-ws";
import { Ack, ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import { io, type Socket } from "socket.io-client";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { Auth, type GatewardenModuleOptions, Need, Public } from "../../src/adapters/nest.js";
import { permission } from "../../src/index.js";
import {
  answer,
  cleanUpAfterEach,
  failing,
  guard,
  holdFirstCall,
  issuer,
  type Payload,
  readToken,
  running,
  startHttp,
  token,
  WaitingInterceptor,
} from "./_nest-app.js";

cleanUpAfterEach();

@UseInterceptors(WaitingInterceptor)
@WebSocketGateway()
class WhoGateway {
  @SubscribeMessage("who")
  who(@Auth() auth: Auth) {
    return { event: "who", data: answer(auth) };
  }

  @SubscribeMessage("acknowledged")
  acknowledged(@Auth() auth: Auth) {
    return answer(auth);
  }

  @Need(permission("write"))
  @SubscribeMessage("write")
  write(@Auth() auth: Auth) {
    return { event: "write", data: answer(auth) };
  }

  @Public()
  @SubscribeMessage("open")
  open(@Auth() auth: Auth | undefined) {
    return { event: "open", data: answer(auth) };
  }

  @Need({ optional: true })
  @SubscribeMessage("optional")
  optional(@Auth() auth: Auth | undefined) {
    return { event: "optional", data: answer(auth) };
  }

  @SubscribeMessage("everything")
  everything(
    @Auth() auth: Auth,
    @MessageBody() body: unknown,
    @ConnectedSocket() client: { readonly id: string },
    @Ack() acknowledge: (answer: unknown) => void,
  ) {
    acknowledge({ user: answer(auth), body, client: client.id });
  }
}

async function connect(options: Partial<GatewardenModuleOptions> = { readToken }, extraHeaders = {}): Promise<Socket> {
  const origin = await startHttp({ providers: [WhoGateway] }, options);
  const client = io(origin, { transports: ["websocket"], reconnection: false, extraHeaders });
  running.push(() => client.close());
  return client;
}

const next = <Answer>(client: Socket, event: string) =>
  new Promise<Answer>((resolve) => client.once(event, (value: Answer) => resolve(value)));

const collect = (client: Socket, event: string, count: number) =>
  new Promise<string[]>((resolve) => {
    const all: string[] = [];
    client.on(event, (value: string) => all.push(value) === count && resolve(all));
  });

describe("an event of Socket.IO", () => {
  test.each<[string, (subject: string) => Payload]>([
    ["an object", (subject) => ({ token: token(subject) })],
    ["text", (subject) => token(subject)],
  ])("is run with its own caller's facts while another's waits; the payload is %s", async (_name, toPayload) => {
    const client = await connect();
    holdFirstCall();
    const answers = collect(client, "who", 2);
    client.emit("who", toPayload("alice"));
    client.emit("who", toPayload("bob"));
    expect(await answers).toEqual(["bob", "alice"]);
  });

  test("is run with its own caller's facts where it is acknowledged", async () => {
    const client = await connect();
    holdFirstCall();
    const answers = ["alice", "bob"].map((subject) => client.emitWithAck("acknowledged", { token: token(subject) }));
    expect(await Promise.all(answers)).toEqual(["alice", "bob"]);
  });

  test("leaves nothing behind for a public one, nor for an anonymous one", async () => {
    const client = await connect();
    const protectedOne = next(client, "who");
    client.emit("who", { token: token("alice") });
    expect(await protectedOne).toBe("alice");
    const open = next(client, "open");
    client.emit("open", {});
    expect(await open).toBe("none");
    const optional = next(client, "optional");
    client.emit("optional", {});
    expect(await optional).toBe("none");
    client.emit("optional", { token: token("bob") });
    expect(await next(client, "optional")).toBe("bob");
  });

  test("shows its handler payload, socket and acknowledgement as they are", async () => {
    const client = await connect({}, issuer.headers({ sub: "alice" }));
    const payload = { text: "hello" };
    expect(await client.emitWithAck("everything", payload)).toEqual({
      user: "alice",
      body: payload,
      client: client.id,
    });
    expect(await client.emitWithAck("everything")).toEqual({ user: "alice", client: client.id });
  });

  test("is refused without the permission that it needs, and the next one is answered", async () => {
    const client = await connect();
    const refused = next(client, "exception");
    client.emit("write", { token: token("alice") });
    expect(await refused).toMatchObject({ status: "error" });
    client.emit("write", { token: token("alice", ["write"]) });
    expect(await next(client, "write")).toBe("alice");
  });
});

const hostile: [string, unknown][] = [
  ["null", null],
  ["a number", 7],
  ["a list", ["eyJ"]],
  ["an object", { toString: "eyJ" }],
  ["true", true],
  ["empty text", ""],
  ["text with a second token", "a, Bearer b"],
];

describe("what readToken finds", () => {
  test.each(hostile)("is refused, and never made text, where it is %s", async (_name, value) => {
    const reasons: string[] = [];
    const listening = guard.listen({
      onDecision: (one) => void (one.outcome === "refused" && reasons.push(one.error.reason)),
    });
    running.push(listening);
    const client = await connect();
    const refused = next(client, "exception");
    client.emit("optional", { token: value });
    expect(await refused).toMatchObject({ status: "error" });
    expect(reasons).toEqual([value === "a, Bearer b" ? "credentials_multiple" : "credentials_malformed"]);
  });

  test("is a token's absence where it is undefined", async () => {
    const client = await connect();
    client.emit("optional", {});
    expect(await next(client, "optional")).toBe("none");
  });

  test("may be a promise of a token", async () => {
    const later = async (context: ExecutionContext) => readToken(context);
    const client = await connect({ readToken: later });
    client.emit("who", { token: token("alice") });
    expect(await next(client, "who")).toBe("alice");
  });

  test.each(failing)("is refused where it %s, and the application goes on", async (_name, broken) => {
    const client = await connect({ readToken: broken });
    const refused = next(client, "exception");
    client.emit("optional", { token: token("alice") });
    expect(JSON.stringify(await refused)).not.toContain("secret");
    client.emit("open", {});
    expect(await next(client, "open")).toBe("none");
  });
});

describe("an event over platform-ws, whose clients have no request", () => {
  class ReadingAdapter extends WsAdapter {}

  async function open(): Promise<WebSocket> {
    const origin = await startHttp({ providers: [WhoGateway] }, { readToken }, (app) =>
      app.useWebSocketAdapter(new ReadingAdapter(app)),
    );
    const socket = new WebSocket(origin.replace("http", "ws"));
    running.push(() => socket.terminate());
    await new Promise((resolve) => socket.once("open", resolve));
    return socket;
  }

  const answersOf = (socket: WebSocket, count: number) =>
    new Promise<{ event: string; data: unknown }[]>((resolve) => {
      const all: { event: string; data: unknown }[] = [];
      socket.on("message", (text) => all.push(JSON.parse(text.toString())) === count && resolve(all));
    });

  test("is run with its own caller's facts while another's waits", async () => {
    const socket = await open();
    holdFirstCall();
    const answers = answersOf(socket, 2);
    for (const subject of ["alice", "bob"]) socket.send(JSON.stringify({ event: "who", data: token(subject) }));
    expect((await answers).map(({ data }) => data)).toEqual(["bob", "alice"]);
  });

  test("is refused without a token, and leaves nothing behind", async () => {
    const socket = await open();
    const answers = answersOf(socket, 3);
    socket.send(JSON.stringify({ event: "who", data: { token: token("alice") } }));
    socket.send(JSON.stringify({ event: "who" }));
    socket.send(JSON.stringify({ event: "open" }));
    const byEvent = new Map((await answers).map(({ event, data }) => [event, data]));
    expect(byEvent.get("who")).toBe("alice");
    expect(byEvent.get("exception")).toMatchObject({ status: "error" });
    expect(byEvent.get("open")).toBe("none");
  });
});
