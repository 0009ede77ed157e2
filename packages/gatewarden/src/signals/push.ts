// Push delivery (RFC 8935): the transmitter posts one token, and the answer acknowledges it.
import { readMediaType } from "../endpoint/body.js";
import {
  type Endpoint,
  type EndpointAnswer,
  toEmptyAnswer,
  toJsonAnswer,
  toMethodAnswer,
} from "../endpoint/endpoint.js";
import { AuthError } from "../errors.js";
import { type RequestHeaders, readHeader } from "../request/credentials.js";
import { equalBytes, sha256 } from "../token/hash.js";
import { type DeliveryErrorCode, type EventReceiver, toDeliveryError } from "./receiver.js";

const maxBodySize = 32_768;
const pushType = "application/secevent+jwt";

/** Creates the endpoint. `authorizations` are accepted in `Authorization`; undefined for none. */
export function createPushEndpoint(receiver: EventReceiver, authorizations: readonly string[] | undefined): Endpoint {
  return {
    async handle({ guardRequest, readBody }) {
      const { method, headers } = guardRequest;
      if (method !== "POST") return toMethodAnswer();
      if (authorizations && !(await isAuthorized(headers, authorizations)))
        return refuse("authentication_failed", "The Authorization header is not the agreed one");
      if (readMediaType(headers) !== pushType) return refuse("invalid_request", `The body must be ${pushType}`);
      const body = await readBody(maxBodySize);
      // A body parser of the application may have made text of it, and nothing else.
      if (!("text" in body)) return refuse("invalid_request", "The body must be one SET that was not parsed before");
      const error = await receiver.receive(body.text.trim(), { request: guardRequest });
      // RFC 8935 §2.2: 202 once it is validated, and here also carried out.
      if (!(error instanceof AuthError)) return toEmptyAnswer(202);
      if (error.status >= 500) return toEmptyAnswer(503, { "retry-after": String(Math.ceil(error.retryAfter ?? 1)) });
      const { err, description } = toDeliveryError(error);
      return refuse(err, description);
    },
  };
}

/** RFC 8935 §2.3. */
function refuse(err: DeliveryErrorCode, description: string): EndpointAnswer {
  return toJsonAnswer(400, { err, description }, { "content-language": "en" });
}

/**
 * Compares digests in constant time, and with every value, so that time tells nothing (CWE-208).
 */
async function isAuthorized(headers: RequestHeaders, authorizations: readonly string[]): Promise<boolean> {
  const sent = readHeader(headers, "authorization");
  if (typeof sent !== "string") return false;
  const digest = await sha256(sent);
  let isEqual = false;
  for (const one of authorizations) isEqual = equalBytes(digest, await sha256(one)) || isEqual;
  return isEqual;
}
