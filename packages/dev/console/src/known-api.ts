// The APIs that the console shows, each with its document.
import { call, type OnlineApi } from "./client.js";
import { type ApiDocument, loadDocument } from "./openapi.js";

/** An API that is online, with its document if it could be read. */
export interface KnownApi extends OnlineApi {
  readonly document: ApiDocument | undefined;
  readonly problem: string | undefined;
}

export async function loadApis(): Promise<readonly KnownApi[]> {
  const { apis } = await call<{ apis: OnlineApi[] }>("GET", "/dev/apis");
  return Promise.all(apis.map(loadKnown));
}

async function loadKnown(api: OnlineApi): Promise<KnownApi> {
  try {
    return { ...api, document: await loadDocument(api), problem: undefined };
  } catch (error) {
    return { ...api, document: undefined, problem: error instanceof Error ? error.message : undefined };
  }
}
