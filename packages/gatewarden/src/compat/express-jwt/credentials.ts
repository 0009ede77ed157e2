// The token in the Authorization header, and the codes of express-jwt for headers without one.
import type { Request } from "express";
import { type NodeRequest, readHeaders } from "../../adapters/_node.js";
import { UnauthorizedError } from "./unauthorized-error.js";

const message = "Format is Authorization: Bearer [token]";

/** The bearer token, undefined without a header, or what is wrong with the header. */
export function readCredentials(request: Request): string | UnauthorizedError | undefined {
  const sent = readHeaders(request as NodeRequest)["authorization"];
  if (sent === undefined || sent === "") return undefined;
  // Two headers are two tokens (RFC 6750 §2); node:http alone would show the first.
  if (typeof sent !== "string") return new UnauthorizedError("credentials_bad_format", { message });
  const [scheme = "", token = "", ...others] = sent.split(" ");
  if (token === "" || others.length > 0) return new UnauthorizedError("credentials_bad_format", { message });
  return /^bearer$/i.test(scheme) ? token : new UnauthorizedError("credentials_bad_scheme", { message });
}
