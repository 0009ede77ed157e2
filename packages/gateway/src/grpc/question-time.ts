// How long a question may take to arrive: a message of which a byte comes now and then would hold
// memory for hours (CWE-400). How long its decision takes is the guard's own.
import type { ServerInterceptor } from "@grpc/grpc-js";

/** Ends a call whose message is not complete after these seconds. */
export function limitQuestionTime(grpc: typeof import("@grpc/grpc-js"), seconds: number): ServerInterceptor {
  return (_method, call) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = () => clearTimeout(timer);
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveHalfClose((next) => {
        stop();
        next();
      })
      .withOnCancel(stop)
      .build();
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => {
        const tooSlow = { code: grpc.status.DEADLINE_EXCEEDED, details: "The question did not arrive in time" };
        timer = setTimeout(() => call.sendStatus(tooSlow), seconds * 1000).unref();
        next(listener);
      })
      .withSendStatus((status, next) => {
        stop();
        next(status);
      })
      .build();
    return new grpc.ServerInterceptingCall(call, responder);
  };
}
