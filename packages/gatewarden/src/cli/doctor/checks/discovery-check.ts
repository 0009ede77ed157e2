// Discovery: the library looks the issuer up, and the result is kept for later checks.
import { createDiscovery, MetadataError } from "../../../issuer/discovery.js";
import { FetchError } from "../../../keys/fetch-json.js";
import { isObject, type JsonObject } from "../../../token/json.js";
import { type CheckResult, type Context, type DoctorCheck, defineCheck } from "../define-check.js";
import { explainAnswer } from "../explain-answer.js";
import type { Exchange } from "../recorder.js";
import { explainNotFound } from "./discovery-not-found.js";

export const discoveryCheck: DoctorCheck = defineCheck({
  title: "discovery",
  needs: ["issuers", "trust"],
  run: async (context, { issuers, httpHosts, issuerOption = "the issuer" }): Promise<CheckResult> => {
    const { recorder, now, options } = context;
    const { discoveryUrl } = options;
    const places = { httpHosts };
    const settings = { issuers, discoveryUrl, places, now, fetch: recorder.fetch, timeout: options.timeout };
    try {
      const metadata = await createDiscovery(settings).load();
      return { findings: [], ...keep(context, metadata, "") };
    } catch (error) {
      if (error instanceof MetadataError) return { findings: [], ...keep(context, undefined, error.message) };
      const url = discoveryUrl ?? `${issuers[0].replace(/\/$/, "")}/.well-known/openid-configuration`;
      const status = error instanceof FetchError ? error.status : undefined;
      if (discoveryUrl === undefined && (status === 404 || status === 410 || status === 400)) {
        return {
          findings: [await explainNotFound(context, { issuer: issuers[0], option: issuerOption, url, status })],
        };
      }
      const question = { what: "The metadata document", url, timeout: options.timeout, exchanges: recorder.exchanges };
      return { findings: [explainAnswer(error, question)] };
    }
  },
});

type Kept = Pick<CheckResult, "facts" | "note">;

function keep(
  { recorder }: Context,
  metadata: NonNullable<CheckResult["facts"]>["metadata"] | undefined,
  problem: string,
): Kept {
  const last = recorder.exchanges.at(-1);
  const url = last?.url ?? "";
  return { facts: { document: { url, content: readContent(last), metadata, problem } }, note: url };
}

function readContent(exchange: Exchange | undefined): JsonObject {
  try {
    const content: unknown = JSON.parse(exchange?.text() ?? "");
    return isObject(content) ? content : {};
  } catch {
    return {};
  }
}
