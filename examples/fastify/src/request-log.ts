// One log line per request, written when it is answered. A refused one holds the reason: never the token, never a claim's value.
import { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { AuthError } from "gatewarden";

/** Replaces Fastify's lines per request; its lines for rarer events stay. The request id is on every line as `reqId`. */
export class RequestLog extends LogController {
  readonly #errors = new WeakMap<FastifyRequest, Error>();

  override incomingRequest(): void {}

  override routeNotFound(): void {}

  override defaultErrorLog(error: Error, request: FastifyRequest): void {
    this.#errors.set(request, error);
  }

  override requestCompleted(streamError: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    const error = this.#errors.get(request) ?? streamError;
    const line = toLine(request, reply);
    if (error instanceof AuthError) logRefusal(request, line, error);
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

function logRefusal(request: FastifyRequest, line: Record<string, unknown>, error: AuthError): void {
  const refusal = { ...line, reason: error.reason };
  if (error.status < 500) request.log.info(refusal, "request refused");
  // Not the caller's fault: the cause says what is broken on this side.
  else request.log.error({ ...refusal, cause: toText(error.cause) }, "request refused");
}

function toText(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
