import express, {
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/express";
import { z } from "zod";

const claims = z.object({ plan: z.enum(["free", "pro"]) });
const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com", claims });

declare module "gatewarden/express" {
  interface Register {
    guard: typeof guard;
  }
}

const app = express();
app.get("/admin", protect(guard, permission("read:admin")), (request, response) => {
  const plan: "free" | "pro" = request.auth.claims.plan;
  response.json({ plan });
});
app.use(protect(guard, { optional: true, onRefusal: (error, _request, _response, next) => next(error) }));

// Handlers that say themselves what they take.
interface Item {
  readonly id: string;
  readonly plan: string;
}
interface Params {
  readonly id: string;
}
interface Change {
  readonly name: string;
}

const rename: RequestHandler<Params, Item, Change> = (request, response) => {
  response.json({ id: request.params.id + request.body.name, plan: request.auth.claims.plan });
};
app.put("/items/:id", protect(guard, permission("write:items")), rename);
app.patch(
  "/items/:id",
  protect(guard),
  (request: Request<Params, Item, Change>, response: Response<Item>, next: NextFunction) => {
    if (request.body.name === "") return next();
    response.json({ id: request.params.id, plan: request.auth.claims.plan });
  },
);
app.post("/items", protect(guard), (request: Request, response: Response) => {
  response.json(request.auth.subject);
});

function later<P, ResBody, ReqBody, ReqQuery>(
  handler: (request: Request<P, ResBody, ReqBody, ReqQuery>, response: Response<ResBody>) => Promise<void>,
): RequestHandler<P, ResBody, ReqBody, ReqQuery> {
  return (request, response, next) => void handler(request, response).catch(next);
}
app.delete(
  "/items/:id",
  protect(guard),
  later<Params, Item, Change, unknown>(async (request, response) => {
    response.json({ id: request.params.id, plan: request.auth.claims.plan });
  }),
);
app.get("/locals", protect(guard), (request: Request, response: Response<Item, { tenant: string }>) => {
  response.json({ id: response.locals.tenant, plan: request.auth.claims.plan });
});

const router = express.Router({ mergeParams: true });
router.use(protect(guard));
router.get("/:id", (request, response) => void response.json({ id: request.params.id, by: request.auth?.subject }));
router.get("/:id/all", [protect(guard), rename]);
app.use("/items", protect(guard), router);
app.use("/every", protect(guard), (request, _response, next) => next(request.auth ? undefined : "route"));
app.route("/one/:id").all(protect(guard)).put(rename);

const onError: ErrorRequestHandler = (_error, request, response, _next) => {
  response.status(500).json({ subject: request.auth?.subject });
};
app.use(onError);

// Behind `optional`, a handler must look whether there is anybody.
app.get("/maybe", protect(guard, { optional: true }), (request, response) => {
  // @ts-expect-error: there may be no token.
  response.json(request.auth.subject);
});
