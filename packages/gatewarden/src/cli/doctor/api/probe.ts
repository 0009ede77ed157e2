// One request to the API, exactly as given: `fetch` would join repeated headers and follow
// redirects.
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { toDoctorFinding } from "../catalogue/catalogue.js";
import type { DoctorCheck } from "../define-check.js";
import { describeNetworkError } from "../network-error.js";
import type { Answer } from "./answer.js";

/** A request to the API. */
export interface Probe {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Seconds for the whole exchange. */
  readonly timeout: number;
}

const maxBody = 64 * 1024;

/** The API gave no answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/**
 * Sends one request on its own connection. Rejects with `NoAnswer` if no answer arrives in time.
 */
export async function probe(url: URL, options: Probe): Promise<Answer> {
  try {
    return await exchange(url, options);
  } catch (cause) {
    throw new NoAnswer(describeNetworkError(cause), { cause });
  }
}

function exchange(url: URL, { method = "GET", headers = {}, timeout }: Probe): Promise<Answer> {
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { method, agent: false, headers: toLines(headers) }, (incoming) => {
      let body = "";
      const end = () => {
        clearTimeout(timer);
        outgoing.destroy();
        const header = (name: string) => incoming.headersDistinct[name] ?? [];
        resolve({ status: incoming.statusCode ?? 0, header, body: body.slice(0, maxBody) });
      };
      incoming.setEncoding("utf8");
      incoming.on("data", (text: string) => {
        body += text;
        if (body.length > maxBody) end();
      });
      incoming.on("end", end).on("error", reject);
    });
    const late = Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });
    const timer = setTimeout(() => outgoing.destroy(late), timeout * 1000);
    outgoing.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end();
  });
}

function toLines(headers: NonNullable<Probe["headers"]>): Record<string, string | string[]> {
  // A server that writes another type alone must not answer 406 in place of its refusal (RFC 9110
  // §12.5.1).
  const entries = Object.entries({ accept: "application/json, */*;q=0.1", ...headers });
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? value : [...value]]));
}

/** The URL without parts that may be secret. */
export function toShown({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

/** The same check, with a finding if the API does not answer. */
export function tellSilence(target: URL, check: DoctorCheck): DoctorCheck {
  return {
    ...check,
    run: async (context, facts) => {
      try {
        return await check.run(context, facts);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        return { findings: [toDoctorFinding("api_no_answer", { url: toShown(target), problem: error.message })] };
      }
    },
  };
}
