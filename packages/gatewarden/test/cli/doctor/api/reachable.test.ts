// Attack: an API's challenge sends doctor to services of the developer's machine or network
// (CWE-918).
import type { LookupAddress } from "node:dns";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { metadataCheck } from "../../../../src/cli/doctor/api/metadata-check.js";
import { isPublicAddress, mayAsk } from "../../../../src/cli/doctor/api/reachable.js";
import { createRecorder } from "../../../../src/cli/doctor/recorder.js";
import { listenWith } from "../../../adapters/support/listen.js";
import { surround } from "../_examine.js";

/**
 * Asks for the metadata that an API at `target` names, with a name service of the test's own.
 * Resolves to the codes and to what was fetched.
 */
async function checkMetadata(target: string, address: string, resolved: readonly string[] = ["93.184.216.34"]) {
  const fetched: string[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    fetched.push(`${input}`);
    return Response.json({ resource: new URL(target).origin, authorization_servers: [] });
  };
  const lookup = async () =>
    resolved.map((one): LookupAddress => ({ address: one, family: one.includes(":") ? 6 : 4 }));
  const surroundings = surround({ fetch, lookup });
  const options = {
    config: undefined,
    discoveryUrl: undefined,
    issuer: undefined,
    audience: undefined,
    envFile: undefined,
    url: target,
    origin: undefined,
    timeout: 5,
  };
  const header = () => [`Bearer resource_metadata="${address}"`];
  const result = await metadataCheck(new URL(target)).run(
    { ...surroundings, options, recorder: createRecorder(surroundings) },
    { refusal: { status: 401, header, body: "" } },
  );
  return { codes: result.findings.map(({ code }) => code), fetched };
}

const remote = "https://api.acme.test/orders";

describe("An API elsewhere that names", () => {
  it.each([
    ["http://127.0.0.1:6379/"],
    ["http://localhost:9200/_all"],
    ["http://127.9.9.9/"],
    ["http://[::1]:5432/"],
    ["http://app.localhost/"],
    ["https://localhost:8443/"],
    ["https://10.0.0.1/metadata"],
    ["https://169.254.169.254/latest/meta-data"],
    ["https://192.168.1.1/"],
    ["https://172.31.0.1/"],
    ["https://0x7f.1/"],
    ["https://2130706433/"],
    ["https://0/"],
    ["https://100.64.0.1/"],
    ["https://[::ffff:10.0.0.1]/"],
    ["https://[fd00::1]/"],
    ["https://[::127.0.0.1]/"],
    ["https://[::ffff:0:10.0.0.1]/"],
    ["https://[2001:0:a00:1::]/"],
    ["https://[fe80::1]/"],
    ["https://[::]/"],
  ])("%s makes doctor send no request", async (address) => {
    expect(await checkMetadata(remote, address)).toEqual({ codes: ["api_metadata_private"], fetched: [] });
  });

  it.each([[["10.0.0.1"]], [["93.184.216.34", "127.0.0.1"]], [["::1"]], [["::ffff:192.168.0.1"]]])(
    "a host whose addresses are %j makes doctor send no request",
    async (resolved) => {
      const seen = await checkMetadata(remote, "https://metadata.acme.test/", resolved);
      expect(seen).toEqual({ codes: ["api_metadata_private"], fetched: [] });
    },
  );

  it("a service on this machine never reaches it, over a real socket", async () => {
    const requests: string[] = [];
    const service = await listenWith(
      createServer((request, response) => {
        requests.push(request.url ?? "");
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      }),
    );
    await checkMetadata(remote, `${service.origin}/admin`);
    expect(requests).toEqual([]);
    await service.close();
  });
});

describe("The nearest valid neighbours:", () => {
  it.each<[string, string, string, readonly string[]]>([
    ["metadata of the same origin", remote, "https://api.acme.test/metadata", ["93.184.216.34"]],
    ["of the same origin in a private network", "https://10.0.0.5/a", "https://10.0.0.5/metadata", ["10.0.0.5"]],
    ["on another public host", remote, "https://metadata.acme.test/m", ["93.184.216.34", "2606:4700::1111"]],
    ["on a public address", remote, "https://93.184.216.34/m", []],
    ["on a host that only a proxy knows", remote, "https://metadata.acme.test/m", []],
    ["on this machine, of an API on it", "http://localhost:3000/a", "http://127.0.0.1:4000/m", []],
  ])("%s is asked for", async (_what, target, address, resolved) => {
    const { codes, fetched } = await checkMetadata(target, address, resolved);
    expect(codes).not.toContain("api_metadata_private");
    expect(fetched).toEqual([address]);
  });

  it.each(["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "2606:4700::1111"])("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

it("plain http to another host is not asked, wherever the API is", async () => {
  const lookup = async () => [];
  expect(await mayAsk(new URL("http://other.test/"), new URL("http://localhost/"), lookup)).toBe(false);
});
