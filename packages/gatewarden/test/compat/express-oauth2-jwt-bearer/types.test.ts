// An application that was written for the original compiles with the drop-in, with its import
// changed and nothing else, with the types of Express 4 and 5.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

// What the original's documentation shows: options, helpers, `request.auth`, its types and errors.
const application = `
import express, { type ErrorRequestHandler, type Handler, type Request } from "express";
import {
  type AsymmetricIssuerConfig, auth, type AuthOptions, type AuthResult, claimCheck, claimEquals, claimIncludes,
  type ClientCertificate, type DPoPOptions, type FunctionValidator, type GetCertificate, InsufficientScopeError,
  InvalidRequestError, InvalidTokenError, type IssuerConfig, type IssuerResolverContext, type IssuerResolverFunction,
  type IssuerResolverResult, type JSONPrimitive, type JWTHeader, type JWTPayload, type MCDOptions, type MtlsOptions,
  type PublicKeyInput, type RequestContext, requiredScopes, scopeIncludesAny, type SymmetricIssuerConfig,
  UnauthorizedError, type Validator, type Validators,
} from "PACKAGE";

export type All = [
  AsymmetricIssuerConfig, ClientCertificate, DPoPOptions, FunctionValidator, IssuerConfig, IssuerResolverContext,
  IssuerResolverResult, JSONPrimitive, JWTHeader, MCDOptions, MtlsOptions, PublicKeyInput, RequestContext,
  SymmetricIssuerConfig, Validator, Validators,
];
interface Mine extends Request { auth?: AuthResult }
export const subjectOf = (request: Mine): string | undefined => request.auth?.payload.sub;

const getCertificate: GetCertificate = (req) => {
  const pem = req.headers["client-certificate"];
  return typeof pem === "string" ? decodeURIComponent(pem) : undefined;
};
const issuers: IssuerResolverFunction = async ({ url, headers }) =>
  url.hostname === headers["host"] ? ["https://a.example.com"] : [{ issuer: "https://b.example.com", alg: "RS256" }].map((one) => one.issuer);
const options: AuthOptions = {
  issuerBaseURL: "https://acme.eu.auth0.com", audience: ["https://api.acme.com"], authRequired: false, strict: true,
  clockTolerance: 5, maxTokenAge: 60, cooldownDuration: 1, timeoutDuration: 1, cacheMaxAge: 1, tokenSigningAlg: "RS256",
  cache: { discovery: { maxEntries: 1, ttl: 1 }, jwks: { maxEntries: 1, ttl: 1 } },
  validators: { sub: (sub) => typeof sub === "string", iss: false, org: "acme" },
  dpop: { enabled: true, required: false, iatOffset: 300, iatLeeway: 30 }, mtls: { enabled: true, required: true },
  getCertificate,
};
const checks: Handler[] = [
  auth(), auth(options), auth({ mcd: { issuers }, audience: "a" }),
  auth({ issuer: "https://a.example.com", publicKey: { kty: "EC", crv: "P-256", x: "", y: "", alg: "ES256" }, audience: "a" }),
  requiredScopes("read:msg write:msg"), requiredScopes(["read:msg"]), scopeIncludesAny("read:msg"),
  claimEquals("isAdmin", true), claimIncludes("role", "admin", "manager"),
  claimCheck(({ isAdmin, roles }) => Boolean(isAdmin) && Array.isArray(roles) && roles.includes("editor"), "no editor"),
  claimCheck((payload: JWTPayload) => !payload.sub?.startsWith("anon@")),
];
const app = express();
app.use(auth({ issuer: "https://acme.eu.auth0.com", audience: "a", secret: "s", tokenSigningAlg: "HS256" }), ...checks);
app.get("/", requiredScopes("read:msg"), (req, res) => {
  const result: AuthResult | undefined = req.auth;
  const alg: string | undefined = result?.header.alg;
  const expiry: number | undefined = result?.payload.exp;
  delete req.auth;
  res.json({ alg, expiry, token: result?.token, own: result?.payload["own"] });
});
const onError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!(error instanceof UnauthorizedError)) return next(error);
  const code = error instanceof InvalidTokenError || error instanceof InvalidRequestError ? error.code : undefined;
  res.status(error.status).set(error.headers).json({ code, status: error.statusCode });
};
app.use(onError);
export const errors: UnauthorizedError[] = [
  new UnauthorizedError(), new InvalidRequestError("a", false), new InvalidTokenError("a"),
  new InsufficientScopeError(["a"], "b"), new InsufficientScopeError(),
];
`;

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
// Within the package, so that imports resolve as they do for an application.
const folder = mkdtempSync(join(root, "packages/gatewarden/.drop-in-types-"));
afterAll(() => rmSync(folder, { recursive: true }));

const packages = { original: "express-oauth2-jwt-bearer", dropIn: "gatewarden/compat/express-oauth2-jwt-bearer" };
const types = { "Express 4": "express4-types", "Express 5": "@types/express" };

interface Program {
  readonly name: string;
  readonly text: string;
  readonly express?: string;
}

/** What the compiler says of a program; empty text where it has no complaint. */
function compile({ name, text, express = types["Express 5"] }: Program): Promise<string> {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, "application.ts"), text);
  const toRoot = relative(project, root);
  const compilerOptions = {
    // As most applications: without `exactOptionalPropertyTypes`.
    ...{ noEmit: true, strict: true, skipLibCheck: true, esModuleInterop: true, types: ["node"] },
    ...{ module: "NodeNext", moduleResolution: "NodeNext", target: "ES2023" },
    customConditions: ["@gatewarden/source"],
    paths: { express: [`${toRoot}/node_modules/${express}`] },
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  return new Promise((resolve) => {
    const args = ["--no-install", "tsc", "-p", project];
    execFile("npx", args, { cwd: root }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

test("The application compiles with the original", async () => {
  expect(await compile({ name: "original", text: application.replace("PACKAGE", packages.original) })).toBe("");
});

test.each(Object.entries(types))("With the types of %s, it compiles with the drop-in", async (framework, express) => {
  const text = application.replace("PACKAGE", packages.dropIn);
  expect(await compile({ name: framework.replace(" ", "-"), text, express })).toBe("");
});

test("The drop-in also takes further scopes, and names the right option for a misspelt one", async () => {
  const text = `
    import { auth, requiredScopes } from "${packages.dropIn}";
    requiredScopes("a", "b");
    auth({ audiance: "a" });`;
  const complaint = await compile({ name: "misspelt", text });
  expect(complaint.match(/error TS/g)).toHaveLength(1);
  expect(complaint).toContain("Did you mean to write 'audience'?");
});
