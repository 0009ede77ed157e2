// Which web pages may call this API from a browser: those on the list, and no others.
import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

/**
 * Answers preflights, and lets the listed origins read responses. Without cookies there is nothing for `credentials` to send: the
 * token travels in a header that the page itself sets. The challenge is exposed, so that a page can read why it was refused.
 */
export async function addCors(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  await app.register(cors, {
    origin: [...origins],
    methods: ["GET", "HEAD"],
    allowedHeaders: ["Authorization", "Content-Type", "DPoP"],
    exposedHeaders: ["WWW-Authenticate", "DPoP-Nonce", "Retry-After"],
    maxAge: 600,
  });
}
