// nginx + njs: the check of an access token by Web Crypto, as `js_content` of the location that `auth_request` asks.
// Requests share nothing in njs, so each imports the key again.
import fs from "fs";

const setting = JSON.parse(fs.readFileSync("setting.json"));
const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const der = Buffer.from(setting.pem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");

async function check(r) {
  try {
    r.return((await isGood(r.headersIn.Authorization)) ? 204 : 401);
  } catch (_error) {
    r.return(401);
  }
}

async function isGood(authorization) {
  if (!authorization || !authorization.startsWith("Bearer ")) return false;
  const token = authorization.slice(7);
  const parts = token.split(".");
  if (parts.length !== 3) return false;
  const header = JSON.parse(Buffer.from(parts[0], "base64url").toString());
  if (header.alg !== "RS256") return false;
  const key = await crypto.subtle.importKey("spki", der, algorithm, false, ["verify"]);
  const signed = token.slice(0, parts[0].length + 1 + parts[1].length);
  const signature = Buffer.from(parts[2], "base64url");
  if (!(await crypto.subtle.verify(algorithm, key, signature, signed))) return false;
  const claims = JSON.parse(Buffer.from(parts[1], "base64url").toString());
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  return claims.iss === setting.issuer && audiences.includes(setting.audience) && claims.exp > Date.now() / 1000;
}

export default { check };
