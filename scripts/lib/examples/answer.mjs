// What every example is asked, and the form of its answers, whatever protocol it speaks.

/** @typedef {"public" | "private" | "admin" | "user"} Operation */

/**
 * @typedef {object} Question
 * @property {string} url The example, without a slash at the end.
 * @property {Operation} operation
 * @property {string | undefined} [token]
 */

/**
 * @typedef {object} Answer
 * @property {boolean} isAccepted
 * @property {number | undefined} status The HTTP status; undefined where the protocol has none.
 * @property {string | undefined} challenge
 * @property {string | undefined} reason
 * @property {unknown} body What the operation answered, or what the client learns of the refusal.
 * @property {string} text The same, letter for letter.
 * @property {Headers} headers
 */

/**
 * How a client speaks to one kind of example.
 * @typedef {object} Driver
 * @property {(operation: Operation) => string} name How the operation is shown.
 * @property {(question: Question) => Promise<Answer>} ask
 * @property {(question: Question) => string} command Something to paste that asks the same.
 * @property {((operation: Operation) => string) | undefined} preflight The path that a browser asks first.
 * @property {Readonly<Record<Operation, unknown>>} [answers] What alice is answered. Default: that of all other examples.
 */

/** What alice, or for the public one anybody, is answered. @type {Readonly<Record<Operation, unknown>>} */
export const answers = {
  public: { message: "Public endpoint" },
  private: { message: "Private endpoint", user_id: "auth0|alice" },
  admin: { message: "Admin endpoint" },
  user: { subject: "auth0|alice", email: "alice@acme.example", plan: "pro" },
};

/**
 * @param {string | undefined} token
 * @returns {Record<string, string>}
 */
export function toHeaders(token) {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/**
 * An HTTP response as an answer.
 * @param {Response} response
 * @param {(json: any) => { readonly body: unknown, readonly reason?: unknown }} [read] Where the protocol puts both.
 * @returns {Promise<Answer>}
 */
export async function readAnswer(response, read = (json) => ({ body: json, reason: json?.reason ?? json?.code })) {
  const text = await response.text();
  const { body, reason } = read(parse(text));
  const { status, headers } = response;
  return {
    isAccepted: status === 200 && reason === undefined,
    status,
    challenge: headers.get("www-authenticate") ?? undefined,
    reason: typeof reason === "string" ? reason : undefined,
    body,
    text,
    headers,
  };
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
