// DPoP proofs at the token endpoint, for grants of this tenant's own: the provider checks them in
// its own grants only (RFC 9449 §4.3 and §5).
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from "jose";
import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { OidcModule } from "./oidc-module.js";

/** Seconds by which a proof's `iat` may differ from now. */
const window = 60;
const algorithms = ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"];

/**
 * The thumbprint of the key that the request proves; undefined where it has no proof. Throws the
 * provider's error for a proof that is invalid or was used before.
 */
export async function verifyProof(
  ctx: KoaContextWithOIDC,
  provider: Provider,
  { errors }: OidcModule,
): Promise<string | undefined> {
  const proof = ctx.get("dpop");
  if (proof === "") return undefined;
  const invalid = (problem: string) => new errors.InvalidDpopProof(`DPoP proof ${problem}`);
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { algorithms, typ: "dpop+jwt" }).catch(
    () => {
      throw invalid("is not a signed proof");
    },
  );
  const { iat, jti, htm, htu } = payload;
  const now = Math.floor(Date.now() / 1000);
  if (typeof iat !== "number" || Math.abs(now - iat) > window) throw invalid("iat is not recent enough");
  if (typeof jti !== "string" || jti === "") throw invalid("has no jti");
  if (htm !== ctx.method) throw invalid("htm mismatch");
  const endpoint = ctx.oidc.urlFor("token");
  if (typeof htu !== "string" || !URL.canParse(htu) || new URL(htu).href !== endpoint) throw invalid("htu mismatch");
  const { clientId } = ctx.oidc.client ?? {};
  if (!(await provider.ReplayDetection.unique(clientId ?? "", jti, now + 2 * window))) throw invalid("was used before");
  return protectedHeader.jwk && calculateJwkThumbprint(protectedHeader.jwk);
}
