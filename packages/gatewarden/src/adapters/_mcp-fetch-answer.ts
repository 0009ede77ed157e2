// MCP on fetch: what becomes of the transport's response. Loaded with the first admitted request.
import { type AnswerPlan, type AnswerWatch, planAnswer } from "./_mcp-answers.js";
import type { McpAdmitted, McpCheck } from "./_mcp-check.js";

/** The same response: lists show what the caller may use, and a stream ends with its token. */
export function toWatchedResponse(check: McpCheck, admitted: McpAdmitted, response: Response): Response {
  const readHeader = (name: string) => response.headers.get(name) ?? undefined;
  const plan = planAnswer(check, admitted, { status: response.status, readHeader });
  if (response.body === null || (!plan.filter && !plan.watch)) return response;
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  if (plan.filter) headers.delete("content-length");
  return new Response(toWatchedStream(response.body, plan), { status, statusText, headers });
}

function toWatchedStream(body: ReadableStream<Uint8Array>, { filter, watch }: AnswerPlan): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let session: AnswerWatch | undefined;
  let isOver = false;
  const finish = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (isOver) return;
    isOver = true;
    session?.close();
    controller.close();
    // The transport learns that the client is gone.
    reader.cancel().catch(() => {});
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      session = watch?.(() => finish(controller));
    },
    async pull(controller) {
      while (!isOver) {
        const { done, value } = await reader.read().catch((error) => {
          session?.close();
          throw error;
        });
        // The session may have ended while the transport had nothing to say.
        if (isOver || session?.isOpen() === false) return finish(controller);
        const shown = done ? filter?.end() : filter ? filter.push(value) : value;
        if (shown && shown.length > 0) controller.enqueue(shown);
        if (done) return finish(controller);
        if (shown && shown.length > 0) return;
      }
    },
    cancel(reason) {
      isOver = true;
      session?.close();
      return reader.cancel(reason);
    },
  });
}
