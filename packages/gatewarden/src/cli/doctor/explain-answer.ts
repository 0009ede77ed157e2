// Why a document could not be fetched: the library's error, combined with the recorded answers.
import { findFault } from "../../explain/specifics/network-faults.js";
import { FetchError } from "../../keys/fetch-json.js";
import { type DoctorFinding, toDoctorFinding } from "./catalogue/catalogue.js";
import { describeNetworkError } from "./network-error.js";
import type { Exchange } from "./recorder.js";

/** The requested document. */
export interface AskedDocument {
  /** For the beginning of a sentence, such as "The key set". */
  readonly what: string;
  readonly url: string;
  /** Seconds. */
  readonly timeout: number;
  /** The answers recorded meanwhile, in order. */
  readonly exchanges: readonly Exchange[];
}

/** The finding for any failure except "not found", which each document explains itself. */
export function explainAnswer(error: unknown, { what, url, timeout, exchanges }: AskedDocument): DoctorFinding {
  const status = error instanceof FetchError ? error.status : undefined;
  const last = exchanges.findLast((exchange) => status === undefined || exchange.status === status);
  if (isRedirect(last?.status)) {
    const location = readLocation(last);
    return location === undefined || new URL(location).origin === new URL(url).origin
      ? toDoctorFinding("answer_redirects_in_circles", { url })
      : toDoctorFinding("answer_redirected", { url, location });
  }
  if (status === undefined) return explainSilence(error, { what, url, timeout });
  if (status === 200) return explainBody(error, last, { what, url });
  if (status === 401 || status === 403) return toDoctorFinding("answer_denied", { what, url, status });
  if (status === 406) return toDoctorFinding("answer_not_acceptable", { url });
  if (status === 429) return toDoctorFinding("answer_too_many", { url });
  return status >= 500
    ? toDoctorFinding("answer_server_error", { url, status })
    : toDoctorFinding("answer_status", { url, status });
}

function explainSilence(error: unknown, { what, url, timeout }: Omit<AskedDocument, "exchanges">): DoctorFinding {
  const cause = error instanceof FetchError ? error.cause : error;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return toDoctorFinding("answer_timeout", { what, url, seconds: timeout });
  }
  return toDoctorFinding("answer_failed", {
    ...{ what, url, problem: describeNetworkError(cause) },
    fix: findFault(cause)?.fix ?? "Find out what this machine cannot do.",
  });
}

function explainBody(error: unknown, last: Exchange | undefined, { what, url }: Pick<AskedDocument, "what" | "url">) {
  if (error instanceof FetchError && error.code === "too_large") return toDoctorFinding("answer_oversize", { url });
  const isPage = last !== undefined && (isHtml(last.headers) || /^\s*<(!doctype|html)/i.test(last.text()));
  return isPage ? toDoctorFinding("answer_html", { url }) : toDoctorFinding("answer_not_json", { what, url });
}

/** The target of a redirect, without its query, which may contain secrets. */
function readLocation(exchange: Exchange | undefined): string | undefined {
  const location = exchange?.headers.get("location");
  if (!exchange || !location || !URL.canParse(location, exchange.url)) return undefined;
  const { origin, pathname } = new URL(location, exchange.url);
  return `${origin}${pathname}`;
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && [301, 302, 303, 307, 308].includes(status);
}

function isHtml(headers: Headers): boolean {
  return (headers.get("content-type") ?? "").includes("html");
}
