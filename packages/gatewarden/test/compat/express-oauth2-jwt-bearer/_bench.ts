// Sends one row of the table to the original or to the drop-in: a real application, a real issuer.
import { request as open } from "node:http";
import { createRequire } from "node:module";
import express5, { type ErrorRequestHandler, type Express, type Handler } from "express";
import * as dropIn from "../../../src/compat/express-oauth2-jwt-bearer/express-oauth2-jwt-bearer.js";
import { type IssuerServer, startIssuer } from "../../support/issuer-server.js";
import { listen } from "../../support/listen.js";
import type { Filled, RequestRow, TokenRow } from "./_request-case.js";
import { audience, behave, fill, makeProof, makeToken, present, toPlaceholders } from "./_world.js";

const require = createRequire(import.meta.url);

/** Without its types: they declare `request.auth` a second time. */
const original: typeof dropIn = require("express-oauth2-jwt-bearer");
const express4: typeof express5 = require("express4");

export const packages = { original, dropIn } as const;
export const frameworks = { "Express 4": express4, "Express 5": express5 } as const;

/** What became of a request. */
export interface Observed {
  readonly status: number;
  readonly code: string | undefined;
  readonly challenge: string | undefined;
  readonly retryAfter: string | undefined;
  /** What the error handler received. */
  readonly error: Filled | undefined;
  /** `request.auth`; null where the request was anonymous. */
  readonly auth: unknown;
}

export type Result = Observed | "refused";

/** Sends the same token to both packages; the issuer begins anew for each. */
export async function observeBoth(
  row: RequestRow,
  framework: keyof typeof frameworks,
): Promise<{ readonly original: Result; readonly dropIn: Result }> {
  const issuer = await startIssuer();
  try {
    const placeholders = toPlaceholders(issuer);
    const make = (token: TokenRow | undefined) => token && makeToken(token, placeholders);
    const sent = { token: make(row.token), earlier: make(row.earlier) };
    const original = await observe(row, { kind: "original", framework, issuer, sent });
    return { original, dropIn: await observe(row, { kind: "dropIn", framework, issuer, sent }) };
  } finally {
    await issuer.close();
  }
}

interface Where {
  readonly kind: keyof typeof packages;
  readonly framework: keyof typeof frameworks;
  readonly issuer: IssuerServer;
  readonly sent: { readonly token: string | undefined; readonly earlier: string | undefined };
}

async function observe(row: RequestRow, { sent, ...where }: Where): Promise<Result> {
  const { issuer } = where;
  behave(issuer, row.issuer ?? {});
  const errors: Filled[] = [];
  const app = createApp(row, { errors, ...where });
  if (app === "refused") return app;
  const server = await listen(app);
  try {
    const { origin } = server;
    if (sent.earlier) await ask({ title: "", answer: [200] }, { issuer, origin, token: sent.earlier });
    if (row.later) behave(issuer, row.later);
    errors.length = 0;
    const { status, headers, body } = await ask(row, { issuer, origin, token: sent.token });
    const challenge = headers["www-authenticate"];
    return {
      status,
      code: /error="([^"]+)"/.exec(challenge ?? "")?.[1],
      challenge,
      retryAfter: headers["retry-after"],
      error: errors[0],
      auth: status === 200 ? JSON.parse(body) : undefined,
    };
  } finally {
    await server.close();
  }
}

interface AppTerms extends Omit<Where, "sent"> {
  readonly errors: Filled[];
}

function createApp(row: RequestRow, { kind, framework, issuer, errors }: AppTerms): Express | "refused" {
  const [library, express] = [packages[kind], frameworks[framework]];
  const app = express();
  if (row.isBehindProxy) app.enable("trust proxy");
  // As Express 4 does by default: parameters may be objects.
  app.set("query parser", "extended");
  app.use(express.urlencoded({ extended: true }), express.json());
  const middleware = withEnvironment(row.env ?? {}, issuer, () => createMiddleware(row, library, issuer));
  if (middleware === "refused") return middleware;
  app.use(...middleware, (request, response) => void response.json((request as { auth?: unknown }).auth ?? null));
  const note: ErrorRequestHandler = (error, _request, _response, next) => {
    errors.push(describeError(error));
    next(error);
  };
  // Expected, but nothing that a test should print.
  app.set("env", "test");
  return app.use(note) as Express;
}

function describeError(error: Error & Record<string, unknown>): Filled {
  const isA = Object.entries({
    UnauthorizedError: [original.UnauthorizedError, dropIn.UnauthorizedError],
    InvalidRequestError: [original.InvalidRequestError, dropIn.InvalidRequestError],
    InvalidTokenError: [original.InvalidTokenError, dropIn.InvalidTokenError],
    InsufficientScopeError: [original.InsufficientScopeError, dropIn.InsufficientScopeError],
  }).filter(([, classes]) => classes.some((one) => error instanceof one));
  const { name, status, statusCode, code, headers } = error;
  return { name, status, statusCode, code, headers, isA: isA.map(([one]) => one) };
}

function createMiddleware(row: RequestRow, library: typeof dropIn, issuer: IssuerServer): Handler[] | "refused" {
  const placeholders = toPlaceholders(issuer);
  const usual = row.env ? {} : { issuerBaseURL: "{issuer}", audience };
  const options = present(fill({ ...usual, ...row.options }, placeholders) as Filled);
  const [name, ...given] = row.check ?? [];
  try {
    const make = name === undefined ? undefined : (library as Filled)[name];
    const check = typeof make === "function" ? [make(...given) as Handler] : [];
    return [...(row.isOpen ? [] : [library.auth(options)]), ...check];
  } catch {
    return "refused";
  }
}

const names = ["ISSUER_BASE_URL", "ISSUER", "JWKS_URI", "AUDIENCE", "SECRET", "TOKEN_SIGNING_ALG", "NODE_ENV"];

function withEnvironment<Value>(env: Readonly<Record<string, string>>, issuer: IssuerServer, run: () => Value): Value {
  const before = names.map((name) => [name, process.env[name]] as const);
  const put = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  try {
    for (const name of names) put(name, env[name] && String(fill(env[name], toPlaceholders(issuer))));
    return run();
  } finally {
    for (const [name, value] of before) put(name, value);
  }
}

interface Asked {
  readonly issuer: IssuerServer;
  readonly token: string | undefined;
  readonly origin: string;
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

async function ask(row: RequestRow, { issuer, origin, token }: Asked): Promise<Received> {
  const { method = row.place === "form" || row.place === "json" ? "POST" : "GET", place = "header" } = row;
  const query = place === "query" && token !== undefined ? `access_token=${encodeURIComponent(token)}` : "";
  const path = `${row.path ?? "/"}${query && (row.path?.includes("?") ? `&${query}` : `?${query}`)}`;
  const content = row.body ?? (place === "form" || place === "json" ? toBody(place, token) : undefined);
  const values = fill(
    {
      host: "{api}",
      ...(place === "form" && { "content-type": "application/x-www-form-urlencoded" }),
      ...(place === "json" && { "content-type": "application/json" }),
      ...row.headers,
      ...toCredentials(row, token, { method, url: `${origin}${path.split("?")[0]}` }),
    },
    { ...toPlaceholders(issuer), api: new URL(origin).host, token },
  ) as Readonly<Record<string, string | readonly string[]>>;
  const headers = Object.entries(values).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one]));
  if (content !== undefined) headers.push("content-length", String(Buffer.byteLength(content)));
  const send = () => exchange(origin, { method, path, headers }, content);
  if (row.isRepeated) await send();
  return send();
}

function toBody(place: "form" | "json", token: string | undefined): string {
  if (place === "json") return JSON.stringify({ access_token: token });
  return new URLSearchParams(token === undefined ? {} : { access_token: token }).toString();
}

function toCredentials(
  { place = "header", authorization, proof }: RequestRow,
  token: string | undefined,
  target: { method: string; url: string },
): Filled {
  const usual = place === "header" && token !== undefined ? `${proof ? "DPoP" : "Bearer"} {token}` : undefined;
  const value = authorization ?? usual;
  return {
    ...(value !== undefined && { authorization: value }),
    ...(proof && { dpop: makeProof(proof, token ?? "", target) }),
  };
}

function exchange(
  origin: string,
  { method, path, headers }: { method: string; path: string; headers: string[] },
  content: string | undefined,
): Promise<Received> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const outgoing = open({ hostname, port, method, path, headers, setHost: false, agent: false }, (incoming) => {
      let body = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      incoming.on("end", () => {
        const flat = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
        resolve({ status: incoming.statusCode ?? 0, headers: Object.fromEntries(flat), body });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(content);
  });
}
