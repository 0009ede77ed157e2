// One log line per request, written when it is answered. A refused one says why: never the token, never a claim's value.
import { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { AuthError, type Decision, type Guard } from "gatewarden";
import { toLogFields } from "gatewarden/log";

/** Replaces Fastify's lines per request; its lines for rarer events stay. The request id is on every line as `reqId`. */
export class RequestLog extends LogController {
  readonly #errors = new WeakMap<FastifyRequest, Error>();
  readonly #refusals = new WeakMap<Error, Decision>();

  /** Keeps what the guard knows of a refusal until the request is answered. */
  listenTo<Claims>(guard: Guard<Claims>): void {
    guard.listen({
      onDecision: (decision) => {
        if (decision.outcome === "refused") this.#refusals.set(decision.error, decision);
      },
    });
  }

  override incomingRequest(): void {}

  override routeNotFound(): void {}

  override defaultErrorLog(error: Error, request: FastifyRequest): void {
    this.#errors.set(request, error);
  }

  override requestCompleted(streamError: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const error = this.#errors.get(request) ?? streamError;
    const line = toLine(request, reply);
    const refusal = error && this.#refusals.get(error);
    const why = refusal ? toLogFields(refusal) : error instanceof AuthError && { reason: error.reason };
    if (error instanceof AuthError) logRefusal(request, { ...line, ...why }, error);
    else if (error && (streamError || reply.statusCode >= 500))
      request.log.error({ ...line, err: error }, "request failed");
    else request.log.info(line, "request answered");
  }
}

/** The path only: a query may hold what must not be kept, such as a token that somebody put there (RFC 9700 §4.3.2). */
function toLine(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const [path] = request.url.split("?", 1);
  return { method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
}

/** From 500 on it is not the caller's fault: the cause says what is broken on this side. */
function logRefusal(request: FastifyRequest, line: Record<string, unknown>, error: AuthError): void {
  if (error.status < 500) request.log.info(line, "request refused");
  else request.log.error(line, "request refused");
}
