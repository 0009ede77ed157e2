// The shapes of answers, for serialization and for the OpenAPI document.

/** `{ message }`. */
export const messageSchema = {
  description: "The answer",
  type: "object",
  required: ["message"],
  properties: { message: { type: "string" } },
} as const;

/** `{ message, user_id }`. A token of an unusual issuer may name no subject. */
export const privateSchema = {
  description: "The answer, and whom the token was issued to",
  type: "object",
  required: ["message"],
  properties: { message: { type: "string" }, user_id: { type: "string", examples: ["auth0|alice"] } },
} as const;

/** What the token says of its user. */
export const userSchema = {
  description: "What the token says of its user",
  type: "object",
  properties: {
    subject: { type: "string", examples: ["auth0|alice"] },
    email: { type: "string" },
    plan: { type: "string", description: "The custom claim `https://gatewarden.local/plan`" },
  },
} as const;

/** `{ status }` of the health check. */
export const healthSchema = {
  description: "Whether access tokens can be checked; `degraded`: yes, with something failing beside it",
  type: "object",
  required: ["status"],
  properties: { status: { type: "string", enum: ["ready", "degraded", "not ready"] } },
} as const;

/** A refusal, as Fastify writes errors: `code` is the stable reason. */
export const refusalSchema = (description: string) =>
  ({
    description,
    type: "object",
    required: ["statusCode", "code", "error", "message"],
    properties: {
      statusCode: { type: "integer" },
      code: { type: "string", description: "The reason, stable: branch on this" },
      error: { type: "string" },
      message: { type: "string" },
    },
  }) as const;
