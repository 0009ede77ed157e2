// A key, and a token signed with it by node:crypto alone: nothing of the library is used to make what it shall judge.
const { generateKeyPairSync, sign } = require("node:crypto");

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const terms = { issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" };
const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");

exports.options = { ...terms, keys: { jwks: { keys: [publicKey.export({ format: "jwk" })] } } };

exports.issue = (changes = {}) => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: terms.issuer, aud: terms.audience, sub: "user|1", iat: now, exp: now + 300, ...changes };
  const input = `${encode({ alg: "ES256", typ: "at+jwt" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${signature.toString("base64url")}`;
};
