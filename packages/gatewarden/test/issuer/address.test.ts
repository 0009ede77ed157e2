// How far away a host is, as far as its name says.
import { describe, expect, test } from "vitest";
import { reachOf } from "../../src/issuer/address.js";

const hostOf = (text: string) => new URL(`https://${text}/`).hostname;

describe("A host is this machine", () => {
  test.each([
    ...["localhost", "LOCALHOST", "localhost.", "issuer.localhost", "issuer.localhost.", "localhost.."],
    ...["127.0.0.1", "127.255.255.254", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "0"],
    ...["169.254.169.254", "169.254.0.1", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]"],
    ...["[64:ff9b::127.0.0.1]", "[64:ff9b::169.254.169.254]"],
    ...["[::ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[fe80::1]", "[febf::1]"],
  ])("%s", (host) => {
    expect(reachOf(hostOf(host))).toBe("machine");
  });
});

describe("A host is on a private network", () => {
  test.each([
    ...["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
    ...["100.64.0.1", "100.127.255.255", "192.0.0.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "255.255.255.255"],
    ...["[fc00::1]", "[fdff::1]", "[fec0::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[::10.0.0.1]", "[64:ff9b::10.0.0.1]"],
    ...["[2002:a00:1::]", "[2001::1]", "[2001:0:4136:e378::1]", "[100::1]", "[::ffff:8.8.8.8]"],
    ...["idp", "idp.", "metadata.google.internal", "idp.internal.", "printer.local", "router.home.arpa"],
  ])("%s", (host) => {
    expect(reachOf(hostOf(host))).toBe("private");
  });
});

describe("A host may be anywhere", () => {
  test.each([
    ...["acme.eu.auth0.com", "issuer.test", "localhost.acme.com", "notlocalhost.com", "internal.acme.com", "local.dev"],
    ...["10.acme.com", "127.0.0.1.acme.com", "8.8.8.8", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0"],
    ...[
      "100.63.255.255",
      "100.128.0.0",
      "169.253.255.255",
      "192.167.255.255",
      "192.0.1.1",
      "198.20.0.0",
      "223.255.255.255",
    ],
    ...["[64:ff9b::8.8.8.8]", "[64:ff9b::808:808]"],
    ...["[2606:4700::1111]", "[2001:4860:4860::8888]", "[2a00::1]", "[3fff::1]"],
  ])("%s", (host) => {
    expect(reachOf(hostOf(host))).toBe("public");
  });
});
