// Prometheus as it meets an instrumented API: the real SDK and exporter, scraped over HTTP, and the text that it answers.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scraped {
  readonly text: string;
  readonly samples: readonly Sample[];
  /** The sum of all samples of this name that have these labels; undefined where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

export interface Metrics {
  readonly meterProvider: MeterProvider;
  scrape(): Promise<Scraped>;
  close(): Promise<void>;
}

export async function startMetrics(): Promise<Metrics> {
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  // A server of its own, as the exporter's does not say which port it got.
  const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    meterProvider,
    scrape: async () => parseText(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    close: async () => {
      await meterProvider.shutdown();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads the text format of Prometheus, version 0.0.4. */
function parseText(text: string): Scraped {
  const samples = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line): Sample => {
      const [, name = "", labels = "", value = ""] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", one = ""]) => [key, one]);
      return { name, labels: Object.fromEntries(pairs), value: value === "+Inf" ? Infinity : Number(value) };
    });
  return {
    text,
    samples,
    sum(name, labels = {}) {
      const fitting = samples.filter(
        (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
      );
      return fitting.length === 0 ? undefined : fitting.reduce((total, { value }) => total + value, 0);
    },
  };
}
