// The local certificate authority: harmless elsewhere, private, and renewed.
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { openAuthority } from "../../src/certificates/authority.js";
import { makeDirectory } from "../support/tenants.js";

const day = 86_400_000;

/** What OpenSSL in Node.js says to a server with a certificate of the authority. */
async function shakeHands(names: readonly string[], servername: string): Promise<string> {
  const authority = await openAuthority(undefined);
  const server = createServer(authority.issue(names));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, ca: authority.certificate, ...(servername && { servername }) };
    const socket = connect(options, () => {
      socket.end();
      resolve("trusted");
    });
    socket.on("error", (error: Error & { code?: string }) => resolve(`${error.code}: ${error.message}`));
  });
}

test.each([
  [["localhost"], "localhost"],
  [["app.localhost"], "app.localhost"],
  [["127.0.0.1", "::1"], ""],
  [["127.3.2.1", "127.0.0.1"], ""],
])("vouches for %j", async (names, servername) => {
  expect(await shakeHands(names, servername)).toBe("trusted");
});

// RFC 5280 §4.2.1.10: one name outside of the permitted trees spoils the certificate.
test.each([
  [["bank.example"], "bank.example"],
  [["localhost", "bank.example"], "localhost"],
  [["localhost.bank.example"], "localhost.bank.example"],
  [["127.0.0.1", "10.0.0.1"], ""],
  [["127.0.0.1", "2001:db8::1"], ""],
])("cannot vouch for %j (CWE-295)", async (names, servername) => {
  expect(await shakeHands(names, servername)).toMatch(/permitted subtree violation/i);
});

test("is made once, with a private key, beside public files that only its owner reads", async () => {
  const directory = await makeDirectory();
  const first = await openAuthority(directory);
  const second = await openAuthority(directory);
  expect(second.certificate).toBe(first.certificate);
  const mode = async (name: string) => (await stat(join(directory, name))).mode & 0o777;
  expect(await mode("ca-key.pem")).toBe(0o600);
  expect(await readFile(first.files?.ca ?? "", "utf8")).toBe(first.certificate);
  const bundle = await readFile(first.files?.bundle ?? "", "utf8");
  expect(bundle.startsWith(first.certificate)).toBe(true);
  expect(bundle.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
  for (const text of [first.certificate, bundle]) expect(text).not.toContain("PRIVATE");
});

test("tenants of one directory that start together have one authority", async () => {
  const directory = await makeDirectory();
  const all = await Promise.all(Array.from({ length: 8 }, () => openAuthority(directory)));
  expect(new Set(all.map(({ certificate }) => certificate)).size).toBe(1);
});

test("lasts a year, is replaced in its last month, and its certificates last a week", async () => {
  const directory = await makeDirectory();
  const start = Date.now();
  const first = await openAuthority(directory, { now: start });
  const { validTo } = new X509Certificate(first.certificate);
  expect(Math.round((Date.parse(validTo) - start) / day)).toBe(365);
  const leaf = new X509Certificate(first.issue(["localhost"], start).cert);
  expect(Math.round((Date.parse(leaf.validTo) - start) / day)).toBe(7);
  expect((await openAuthority(directory, { now: start + 330 * day })).certificate).toBe(first.certificate);
  expect((await openAuthority(directory, { now: start + 340 * day })).certificate).not.toBe(first.certificate);
});

test.each(["", "garbage", "another key"])("a key file with %j is replaced", async (content) => {
  const directory = await makeDirectory();
  const { certificate } = await openAuthority(directory);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const other = privateKey.export({ type: "pkcs8", format: "pem" }) + certificate;
  await writeFile(join(directory, "ca-key.pem"), content === "another key" ? other : content);
  const next = await openAuthority(directory);
  expect(next.certificate).not.toBe(certificate);
  expect((await openAuthority(directory)).certificate).toBe(next.certificate);
});
