// A folder that came with private files of its author: an authority, and links that lead elsewhere.
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmod, lstat, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAuthority } from "../../src/certificates/authority.js";
import { createAuthorityCertificate, createServerCertificate } from "../../src/certificates/certificate.js";
import { makeDirectory, startTenant } from "../support/tenants.js";

const isPosix = process.getuid !== undefined;
const permitted = ["localhost", "127.0.0.0/8", "::1/128"];
const life = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 300 * 86_400_000) };
const subject = "Gatewarden local tenant CA";

async function plant(toCertificate: (key: KeyObject) => string): Promise<string> {
  const directory = await makeDirectory();
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = String(key.export({ type: "pkcs8", format: "pem" })) + toCertificate(key);
  await writeFile(join(directory, "ca-key.pem"), pem, { mode: 0o600 });
  return directory;
}

const authorityFor = (names: readonly string[]) => (key: KeyObject) =>
  createAuthorityCertificate({ key, subject, permitted: names, ...life });

test.each([
  ["for all names", authorityFor([])],
  ["for one name more", authorityFor([...permitted, "bank.example"])],
  ["for fewer names", authorityFor(["localhost"])],
  [
    "of a server",
    (key: KeyObject) =>
      createServerCertificate({
        subject,
        names: ["localhost"],
        publicKey: createPublicKey(key),
        issuer: { key, subject },
        ...life,
      }),
  ],
])("an authority %s that came with the folder is replaced, with a line that says why (CWE-295)", async (_, make) => {
  const directory = await plant(make);
  const planted = await readFile(join(directory, "ca-key.pem"), "utf8");
  const problems: string[] = [];
  const { certificate } = await openAuthority(directory, { onProblem: (text) => problems.push(text) });
  expect(planted).not.toContain(certificate);
  expect(await readFile(join(directory, "ca.pem"), "utf8")).toBe(certificate);
  expect(await readFile(join(directory, "ca-bundle.pem"), "utf8")).toMatch(certificate);
  expect(problems).toEqual([expect.stringMatching(/ca-key\.pem .*extensions.* new one/)]);
  expect(problems[0]).not.toContain("\n");
});

test.runIf(isPosix)("an authority whose key others can read is replaced (CWE-732)", async () => {
  const directory = await makeDirectory();
  const { certificate } = await openAuthority(directory);
  await chmod(join(directory, "ca-key.pem"), 0o644);
  const problems: string[] = [];
  const next = await openAuthority(directory, { onProblem: (text) => problems.push(text) });
  expect(next.certificate).not.toBe(certificate);
  expect(problems).toEqual([expect.stringMatching(/others can read/)]);
});

test.runIf(isPosix)("an authority behind a link is replaced, and what it leads to stays (CWE-59)", async () => {
  const [directory, elsewhere] = [await makeDirectory(), await makeDirectory()];
  const { certificate } = await openAuthority(elsewhere);
  const target = join(elsewhere, "ca-key.pem");
  const before = await readFile(target, "utf8");
  await symlink(target, join(directory, "ca-key.pem"));
  expect((await openAuthority(directory)).certificate).not.toBe(certificate);
  expect(await readFile(target, "utf8")).toBe(before);
});

test("a directory in the place of the authority's key is named", async () => {
  const directory = await makeDirectory();
  await mkdir(join(directory, "ca-key.pem"));
  await expect(openAuthority(directory)).rejects.toThrow(/ca-key\.pem.*cannot be replaced/);
});

test("a tenant tells why, and the next start uses its own authority without a word", async () => {
  const directory = await plant(authorityFor([]));
  const errors: string[] = [];
  const options = { directory, https: true, onError: (error: Error) => void errors.push(error.message) } as const;
  const first = await startTenant(options);
  await first.close();
  expect(errors).toHaveLength(1);
  const second = await startTenant(options);
  await second.close();
  expect(second.authority?.certificate).toBe(first.authority?.certificate);
  expect(errors).toHaveLength(1);
});

const written = [".gitignore", "keys.json", "tenant.json", "ca-key.pem", "ca.pem", "ca-bundle.pem"];

test.runIf(isPosix).each(written)("a link %s that came with the folder overwrites nothing (CWE-59)", async (name) => {
  const [directory, elsewhere] = [await makeDirectory(), await makeDirectory()];
  const victim = join(elsewhere, "victim");
  await writeFile(victim, '{"keys":[]}');
  await symlink(victim, join(directory, name));
  const tenant = await startTenant({ directory, https: true, onError: () => undefined });
  await tenant.close();
  expect(await readFile(victim, "utf8")).toBe('{"keys":[]}');
});

test.runIf(isPosix)("a dangling link .gitignore creates nothing (CWE-59)", async () => {
  const [directory, elsewhere] = [await makeDirectory(), await makeDirectory()];
  await symlink(join(elsewhere, "victim"), join(directory, ".gitignore"));
  await (await startTenant({ directory })).close();
  await expect(lstat(join(elsewhere, "victim"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.runIf(isPosix)("a .gatewarden that is a link is refused by its name (CWE-59)", async () => {
  const [project, elsewhere] = [await makeDirectory(), await makeDirectory()];
  const directory = join(project, ".gatewarden");
  await (await startTenant({ directory: elsewhere })).close();
  await symlink(elsewhere, directory);
  const message = `${directory} is a symbolic link, and must be a directory.`;
  for (const name of [directory, `${directory}/`])
    await expect(startTenant({ directory: name })).rejects.toThrow(message);
});

test("a .gatewarden that is a file is refused by its name", async () => {
  const directory = join(await makeDirectory(), ".gatewarden");
  await writeFile(directory, "");
  await expect(startTenant({ directory })).rejects.toThrow(`${directory} is a file, and must be a directory.`);
});

test.runIf(isPosix)("a linked project, and a linked directory with a name of one's own, work", async () => {
  const [project, links] = [await makeDirectory(), await makeDirectory()];
  await symlink(project, join(links, "project"));
  const directory = join(links, "project", ".gatewarden");
  const first = await startTenant({ directory, https: true });
  await first.close();
  expect(await readFile(join(directory, ".gitignore"), "utf8")).toBe("*\n");
  await rename(directory, join(project, "state"));
  await symlink(join(project, "state"), join(links, "own"));
  const second = await startTenant({ directory: join(links, "own"), https: true });
  await second.close();
  expect(second.authority?.certificate).toBe(first.authority?.certificate);
});
