// The libraries of gRPC, loaded only for a listener that speaks it: they are optional peers.
import { fileURLToPath } from "node:url";
import type { ServiceDefinition } from "@grpc/grpc-js";

/** What the listener needs of them. */
export interface GrpcLibrary {
  readonly grpc: typeof import("@grpc/grpc-js");
  readonly authorization: ServiceDefinition;
  readonly health: ServiceDefinition;
}

const services = ["envoy.service.auth.v3.Authorization", "grpc.health.v1.Health"] as const;

/** Rejects with `TypeError` where the packages are not installed. */
export async function loadGrpc(): Promise<GrpcLibrary> {
  const [grpc, { loadSync }] = await importPackages();
  const files = ["ext_authz.proto", "health.proto"].map((name) =>
    fileURLToPath(new URL(`../../proto/${name}`, import.meta.url)),
  );
  const definition = loadSync(files, { keepCase: true });
  const [authorization, health] = services.map((name) => definition[name] as ServiceDefinition);
  return { grpc, authorization: authorization as ServiceDefinition, health: health as ServiceDefinition };
}

async function importPackages() {
  try {
    return await Promise.all([import("@grpc/grpc-js"), import("@grpc/proto-loader")]);
  } catch (cause) {
    throw new TypeError('"proxy: envoy-grpc" needs two packages: npm install @grpc/grpc-js @grpc/proto-loader', {
      cause,
    });
  }
}
