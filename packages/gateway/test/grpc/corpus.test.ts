// The corpus of known holes over gRPC: the cases whose attack is in the target or in headers. The
// client in the role of Envoy removes what the shipped configuration removes, then asks. It
// normalizes nothing, and refuses nothing by itself but names with underscores.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AttackCase } from "../proxies/_case.js";
import { type Loose, readYaml } from "../proxies/_files.js";
import { headerCases } from "../proxies/_headers.js";
import type { Seen } from "../proxies/_inspector.js";
import { findWrongs, readSubject, type Tokens } from "../proxies/_oracle.js";
import { pathCases } from "../proxies/_paths.js";
import { startCorpusGateway } from "./_corpus-gateway.js";
import { type ClientRequest, check, type Outcome } from "./_envoy.js";

const cases: readonly AttackCase[] = [...pathCases, ...headerCases];
const [{ static_resources: resources }] = readYaml("envoy/envoy-grpc.yaml");
const manager = resources.listeners[0].filter_chains[0].filters[0].typed_config;
const removed: readonly string[] = manager.http_filters[0].typed_config.mutations.request_mutations.map(
  ({ remove }: Loose) => remove,
);
const refusesUnderscores = manager.common_http_protocol_options.headers_with_underscores_action === "REJECT_REQUEST";
/** Envoy takes these out of a request by itself. */
const hopByHop = ["connection", "keep-alive", "proxy-connection", "transfer-encoding"];

describe.each([
  ["raw headers", true],
  ["joined headers", false],
])("Envoy with %s", (_name, isRaw) => {
  let gateway: Awaited<ReturnType<typeof startCorpusGateway>>;
  beforeAll(async () => {
    gateway = await startCorpusGateway();
  });
  afterAll(() => gateway.close());

  test.each(cases)("$name ($source)", async ({ attack, outcome, valid }) => {
    const { tokens, client } = gateway;
    const send = async (bytes: string) => {
      const request = toRequest(bytes.replaceAll("{alice}", tokens.alice).replaceAll("{bob}", tokens.bob));
      const told = request && (await check(client, { ...request, isRaw }));
      return { request, seen: request && told ? toSeen(request, told) : undefined };
    };
    const { seen } = await send(attack);
    expect(seen ? findWrongsBehindEnvoy(seen, tokens) : []).toEqual([]);
    if (outcome === "refused") expect(seen).toBeUndefined();

    const good = await send(valid);
    expect(good.seen, "the valid neighbour passes").toBeDefined();
    const persona = good.request?.path?.startsWith("/public") ? undefined : /\{(alice|bob)\}/.exec(valid)?.[1];
    expect(readSubject(good.seen as Seen)).toBe(persona);
    expect(findWrongsBehindEnvoy(good.seen as Seen, tokens)).toEqual([]);
  });
});

/** Undefined where the shipped configuration lets Envoy refuse by itself. */
function toRequest(bytes: string): ClientRequest | undefined {
  const [head = ""] = bytes.split("\r\n\r\n", 1);
  const [line = "", ...fields] = head.split("\r\n");
  const [, method = "", path = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(line) ?? [];
  const headers = fields.map((text): [string, string] => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()];
  });
  if (refusesUnderscores && headers.some(([name]) => name.includes("_"))) return undefined;
  return {
    method,
    path,
    host: headers.flatMap(([name, value]) => (name === "host" ? [value] : [])).join(","),
    scheme: "http",
    headers: headers.filter(([name]) => ![...removed, ...hopByHop, "host"].includes(name)),
  };
}

function toSeen({ method = "", path = "" }: ClientRequest, { upstream }: Outcome): Seen | undefined {
  return upstream && { method, target: path, headers: upstream, body: "" };
}

/** Envoy keeps what a client says in `X-Forwarded-For`, and appends its own last. */
function findWrongsBehindEnvoy(seen: Seen, tokens: Tokens): string[] {
  return findWrongs(seen, tokens).filter((wrong) => wrong !== "a forged x-forwarded-for");
}
