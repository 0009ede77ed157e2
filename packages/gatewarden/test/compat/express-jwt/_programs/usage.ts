// What applications write with express-jwt 8, in the forms that its documentation shows. Compiled
// with the original's import and with the drop-in's.
import express from "express";
import {
  type ExpirationHandler,
  expressjwt,
  type GetVerificationKey,
  type IsRevoked,
  type Params,
  type Request,
  type TokenGetter,
  UnauthorizedError,
} from "express-jwt";

interface Claims {
  sub: string;
  admin?: boolean;
}

const app = express();
const secret = "a secret of this application, long enough";

app.get("/a", expressjwt({ secret, algorithms: ["HS256"] }), (req: Request, res: express.Response) => {
  if (!req.auth?.["admin"]) return res.sendStatus(401);
  return res.sendStatus(200);
});
app.get("/b", expressjwt({ secret: Buffer.from(secret), algorithms: ["HS256"] }), (req: Request<Claims>, res) => {
  const subject: string | undefined = req.auth?.sub;
  res.json({ subject });
});

const jwtCheck = expressjwt({
  secret,
  audience: "https://api.acme.com",
  issuer: "https://acme.eu.auth0.com/",
  algorithms: ["RS256"],
  requestProperty: "user",
  credentialsRequired: false,
});
app.use(jwtCheck);
app.use("/c", jwtCheck.unless({ path: ["/token", /^\/open/, { url: "/read", methods: ["GET"] }] }));
app.use("/d", jwtCheck.unless({ method: "OPTIONS", ext: [".css"], useOriginalUrl: false }));
app.use("/e", jwtCheck.unless({ custom: (req) => req.ip === "127.0.0.1" }));

const getSecret: GetVerificationKey = async (req, token) => {
  const payload = token?.payload;
  const tenant = typeof payload === "object" ? payload.iss : undefined;
  const kid: string | undefined = token?.header.kid;
  return kid === undefined || req.path === "" ? undefined : `${tenant}${secret}`;
};
const isRevoked: IsRevoked = async (_req, token) => token?.header.kid === "old";
const getToken: TokenGetter = (req) => {
  const [scheme, token] = req.headers.authorization?.split(" ") ?? [];
  return scheme === "Bearer" ? token : (req.query["token"] as string | undefined);
};
const onExpired: ExpirationHandler = async (_req, err) => {
  throw err;
};
const params: Params = { secret: getSecret, isRevoked, getToken, onExpired, algorithms: ["HS256", "RS256"] };
app.use(expressjwt(params));

app.use((err: unknown, _req: express.Request, res: express.Response, next: express.NextFunction) => {
  if (err instanceof UnauthorizedError && err.code === "invalid_token") {
    const { status, inner, name, message } = err;
    res.status(status).send(`${name}: ${message} ${inner.message}`);
  } else if ((err as Error).name === "UnauthorizedError") res.status(401).send("invalid token...");
  else next(err);
});

export const error: UnauthorizedError = new UnauthorizedError("credentials_required", { message: "missing" });
