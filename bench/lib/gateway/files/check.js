// nginx + njs: the check of an access token by Web Crypto, as `js_content` of the location that `auth_request` asks.
// Requests share nothing in njs, so each imports the key again. Promises are chained: with `await` the worker of njs 0.7.9 crashed.
// biome-ignore lint/style/useNodejsImportProtocol: njs knows the module by this name only.
import fs from "fs";

const setting = JSON.parse(fs.readFileSync("setting.json"));
const spki = setting.pem.replace(/-----[A-Z ]+-----|\s/g, "");
const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

function check(r) {
  let parts;
  try {
    parts = parse(r.headersIn.Authorization);
  } catch (_error) {
    parts = undefined;
  }
  if (parts === undefined || !isMeantForUs(parts.claims)) {
    r.return(401);
    return;
  }
  crypto.subtle
    .importKey("spki", Buffer.from(spki, "base64"), algorithm, false, ["verify"])
    .then((key) => crypto.subtle.verify(algorithm, key, parts.signature, parts.signed))
    .then((isSigned) => r.return(isSigned ? 204 : 401))
    .catch(() => r.return(401));
}

function parse(authorization) {
  if (authorization === undefined || !authorization.startsWith("Bearer ")) return undefined;
  const token = authorization.slice(7);
  const parts = token.split(".");
  if (parts.length !== 3) return undefined;
  const header = JSON.parse(Buffer.from(parts[0], "base64url").toString());
  if (header.alg !== "RS256") return undefined;
  return {
    claims: JSON.parse(Buffer.from(parts[1], "base64url").toString()),
    signature: Buffer.from(parts[2], "base64url"),
    signed: token.slice(0, parts[0].length + 1 + parts[1].length),
  };
}

function isMeantForUs(claims) {
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  return claims.iss === setting.issuer && audiences.includes(setting.audience) && claims.exp > Date.now() / 1000;
}

export default { check };
