// An exchange at a server that answers as a test says, and what becomes of it.
import { type TokenExchangeOptions, TokenRequestError } from "../../../src/exchange/client/client.js";
import { createClock, start } from "../../support/clock.js";
import type { Answer } from "../../support/issuer-server.js";
import { exchangeAt, startTokenServer } from "./_token-server.js";

export const subject = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLXRoZS1pbmNvbWluZy10b2tlbg";

export async function setUpExchange(answer: Answer, changes: Partial<TokenExchangeOptions> = {}) {
  const server = await startTokenServer();
  server.answer(answer);
  const clock = createClock();
  const exchange = exchangeAt(server, { now: clock.now, timeout: 0.5, ...changes });
  const ask = (token = subject) =>
    exchange.exchange({ token, issuer: "https://login.acme.test/", expiresAt: start + 3600 }, { audience: "stock" });
  const fail = async (token?: string): Promise<TokenRequestError> => {
    const error = await ask(token).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof TokenRequestError)) throw error ?? new Error("It was granted");
    return error;
  };
  return { server, clock, exchange, ask, fail };
}
