// Examples that are asked over HTTP: routes, tRPC procedures, GraphQL fields.
import { readAnswer, toHeaders } from "./answer.mjs";

/** @typedef {import("./answer.mjs").Driver} Driver */
/** @typedef {import("./answer.mjs").Operation} Operation */

/** Routes: `GET /api/private`. @type {Driver} */
export const http = {
  name: (operation) => `GET /api/${operation}`,
  ask: async ({ url, operation, token }) =>
    readAnswer(await fetch(`${url}/api/${operation}`, { headers: toHeaders(token) })),
  command: ({ url, operation, token }) => `curl -i ${url}/api/${operation} ${toOption(token)}`,
  preflight: (operation) => `/api/${operation}`,
};

/** Procedures of tRPC: `GET /trpc/private`. @type {Driver} */
export const trpc = {
  name: (operation) => `query ${operation}`,
  ask: async ({ url, operation, token }) => {
    const response = await fetch(`${url}/trpc/${operation}`, { headers: toHeaders(token) });
    return readAnswer(response, (json) => ({ body: json?.result?.data, reason: json?.error?.data?.code }));
  },
  command: ({ url, operation, token }) => `curl -i ${url}/trpc/${operation} ${toOption(token)}`,
  preflight: (operation) => `/trpc/${operation}`,
};

/** @type {Readonly<Record<Operation, string>>} */
const selections = {
  public: "message",
  private: "message user_id",
  admin: "message",
  user: "subject email plan",
};

/** @param {Operation} operation */
const toQuery = (operation) => JSON.stringify({ query: `{ ${operation} { ${selections[operation]} } }` });

/** Fields of GraphQL: `{ private { message user_id } }`. @type {Driver} */
export const graphql = {
  name: (operation) => `{ ${operation} }`,
  ask: async ({ url, operation, token }) => {
    const headers = { "content-type": "application/json", ...toHeaders(token) };
    const response = await fetch(`${url}/graphql`, { method: "POST", headers, body: toQuery(operation) });
    return readAnswer(response, (json) => ({
      body: json?.data?.[operation],
      reason: json?.errors?.[0]?.extensions?.reason,
    }));
  },
  command: ({ url, operation, token }) =>
    `curl -i ${url}/graphql ${toOption(token)} -H "Content-Type: application/json" -d '${toQuery(operation)}'`,
  preflight: () => "/graphql",
};

/** @param {string | undefined} token */
const toOption = (token) => `-H "Authorization: Bearer ${token}"`;
