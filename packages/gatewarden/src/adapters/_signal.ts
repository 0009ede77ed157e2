// A signal for answers that go on for long: it aborts when the session of their token ends.
import { AuthError } from "../index.js";
import { type NodeResponse, toGuardRequest } from "./_node.js";
import type { StreamTerms, WhenGone } from "./_stream.js";

/** Aborts with the `AuthError` as its reason. */
export function createSignal<Claims>(terms: StreamTerms<Claims>, whenGone: WhenGone): AbortSignal {
  const controller = new AbortController();
  // Loaded with the first such answer.
  import("./_stream.js")
    .then(({ abortWithToken }) => abortWithToken(controller, terms, whenGone))
    .catch((cause) => controller.abort(new AuthError("check_failed", { cause })));
  return controller.signal;
}

/** What a signal is made of, where the answer knows its request. */
export type SignalTerms<Claims> = Omit<StreamTerms<Claims>, "guardRequest">;

/** As above, for an answer of Node.js, which knows its request. */
export function createNodeSignal<Claims>(terms: SignalTerms<Claims>, response: NodeResponse): AbortSignal {
  const request: NodeResponse["req"] & { readonly originalUrl?: string } = response.req;
  const guardRequest = toGuardRequest(request, request.originalUrl);
  return createSignal({ ...terms, guardRequest }, (close) => {
    // HTTP/2's compatibility objects say only by their socket that they are closed.
    if (!response.socket || ("destroyed" in response && response.destroyed)) close();
    else response.once("close", close);
  });
}
