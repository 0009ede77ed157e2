// The routes of an API and what each needs, from its OpenAPI document.
import { type OnlineApi, tryRequest } from "./client.js";

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** Undefined: no token is needed. Otherwise the permissions, of which there may be none. */
  readonly needs: readonly string[] | undefined;
}

export interface ApiDocument {
  readonly title: string;
  readonly routes: readonly Route[];
}

interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[] | undefined;
}

interface Document {
  readonly info?: { readonly title?: string };
  readonly security?: Operation["security"];
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Where frameworks publish the document. */
const usualPaths = [
  "/docs/json",
  "/openapi.json",
  "/docs/openapi.json",
  "/api/openapi.json",
  "/api-json",
  "/docs-json",
  "/swagger.json",
  "/v3/api-docs",
];
const methods = ["get", "post", "put", "patch", "delete"];

/** Tries the usual paths in turn. Throws a `CallError` when the API does not answer at all. */
export async function loadDocument({ url, openapi }: OnlineApi): Promise<ApiDocument | undefined> {
  for (const path of openapi === undefined ? usualPaths : [openapi]) {
    const answer = await tryRequest({ url: url + path, method: "GET", headers: { accept: "application/json" } });
    const document = answer.status === 200 ? parseDocument(answer.body) : undefined;
    if (document !== undefined) return toApiDocument(document, url);
  }
  return undefined;
}

function parseDocument(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "paths" in value ? (value as Document) : undefined;
  } catch {
    return undefined;
  }
}

function toApiDocument({ info, paths = {}, security }: Document, url: string): ApiDocument {
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => toRoute(method, path, { security, ...operation })),
  );
  return { title: info?.title ?? url, routes };
}

/** The first alternative that names a token; `{}` among them means that none is needed. */
function toRoute(method: string, path: string, { operationId, security = [], summary }: Operation): Route {
  const isOpen = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
  const needs = isOpen ? undefined : Object.values(security[0] ?? {}).flat();
  return { method: method.toUpperCase(), path, summary: summary ?? operationId ?? "", needs };
}

/** The permissions that the document names anywhere. */
export function listPermissions(document: ApiDocument | undefined): readonly string[] {
  return [...new Set(document?.routes.flatMap(({ needs }) => needs ?? []) ?? [])];
}
