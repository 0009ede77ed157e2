// The decision table of SECURITY.md for kinds of tokens, row by row: written apart from the
// library, so that both would have to be wrong.

/** @typedef {import("./signers.mjs").Members} Members */

/**
 * Whether the table calls a token an ID token. The first row that fits decides.
 * @param {Members} header
 * @param {Members} claims
 * @param {readonly string[]} audiences Those of the API.
 */
export function isIdToken(header, claims, audiences) {
  const { aud, typ, token_use: use } = claims;
  const isThere = (/** @type {string} */ name) => Object.hasOwn(claims, name) && claims[name] !== null;
  const isAny = (/** @type {string[]} */ ...names) => names.some(isThere);
  const own = (/** @type {string} */ name) => (isThere(name) ? claims[name] : undefined);
  const named = [aud].flat();
  const clients = ["azp", "client_id", "appid", "cid"].map(own).filter((client) => typeof client === "string");

  if (use === "id" || typ === "ID") return true;
  if (isAny("at_hash", "c_hash", "s_hash")) return true;
  if (/^(application\/)?at\+jwt$/i.test(String(header["typ"]))) return false;
  if (use === "access" || use === "access_token" || typ === "Bearer" || typ === "DPoP") return false;
  if (isThere("nonce")) {
    const isForOthersOnly = clients.length > 0 && !clients.some((client) => named.includes(client));
    const isText = (/** @type {string} */ name) => typeof own(name) === "string";
    const grants = isText("azp") || isText("client_id") ? ["scope", "scp", "permissions", "roles"] : ["scp"];
    return !(isForOthersOnly && grants.some((name) => names(own(name))));
  }
  if (![own("azp"), own("client_id")].some((client) => client !== undefined && named.includes(client))) return false;
  if (isAny("scope", "scp", "permissions")) return false;
  const isForApiToo = audiences.some((one) => named.includes(one) && !clients.includes(one));
  return !(isForApiToo && isThere("jti") && !isAny("auth_time", "acr", "amr"));
}

/** Something, and nothing but text. @param {unknown} value */
function names(value) {
  const list = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  return list.length > 0 && list.every((one) => typeof one === "string" && /\S/.test(one));
}

/** @param {Members} claims */
export function saysOtherKind({ typ, token_use: use }) {
  if (["Refresh", "Offline", "Logout"].some((kind) => kind === typ)) return true;
  return use !== undefined && use !== null && !["access", "access_token", "id"].some((kind) => kind === use);
}
