// What must not compile. Each line that is an error says which; any other error, or a missing one, fails the test.
import {
  type Auth,
  createGuard,
  createVocabulary,
  type GuardRequest,
  permission,
  type Reason,
  scope,
} from "gatewarden";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
const request: GuardRequest = { method: "GET", url: "/", headers: {} };
const names = createVocabulary({ permissions: ["read:admin"] });
const auth: Auth = await guard.check(request);

export const misspeltOption = createGuard({ issuer: "https://acme.eu.auth0.com/", audiance: "https://api" }); // TS2561
export const numericAudience = createGuard({ audience: 42 }); // TS2322
export const unknownMode = createGuard({ dpop: { mode: "alowed" } }); // TS2820
export const textAsNeed = guard.check(request, "read:admin"); // TS2345
export const numberAsName = permission(42); // TS2345
export const misspeltName = names.permission("read:admni"); // TS2345
export const undeclaredKind = names.scope("profile"); // TS2345
export const unknownReason: Reason = "token_expired"; // TS2322
export const subjectMayBeMissing: string = auth.subject; // TS2322
export const claimsAreUnknown: string = auth.claims["plan"]; // TS2322
export const anonymousHasNoSubject = (await guard.attempt(request))?.subject; // TS2339
auth.permissions.push("read:admin"); // TS2339
auth.subject = "somebody else"; // TS2540
scope("a").names = ["b"]; // TS2540
