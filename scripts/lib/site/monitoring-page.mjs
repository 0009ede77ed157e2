// One page for what operators look up: metrics and fields of log lines, each with an anchor.
import { toMarkdown, toPage } from "./markdown-text.mjs";

/** @typedef {import("./catalogues.mjs").Catalogues} Catalogues */
/** @typedef {{ readonly name: string, readonly kind: string, readonly unit: string, readonly description: string }} Metric */

/**
 * @param {Catalogues} catalogues
 * @param {readonly import("./declarations.mjs").Member[]} logFields
 * @returns {ReadonlyMap<string, string>}
 */
export function createMonitoringPage(catalogues, logFields) {
  const metrics = listMetrics(catalogues);
  const page = toPage({ title: "Metrics and log fields", description: "Every metric and every field of a log line" }, [
    "# Metrics and log fields",
    "This page answers: what does this metric, or this field of a log line, mean?",
    "[Operations](/operations) says how to switch them on, which attributes they have, and what is worth an alert.",
    "## Metrics",
    ...metrics.map(
      ({ name, kind, unit, description }) =>
        `### \`${name}\` {#${toAnchor(name)}}\n\n${toMarkdown(description)}.\n\n${kind}${toUnit(unit)}`,
    ),
    "## Log fields",
    "The fields that `toLogFields` of `gatewarden/log` makes of a decision.",
    ...logFields.map(
      ({ name, type, text }) =>
        `### \`${name}\` {#log-${name}}\n\n${toMarkdown(text || "What became of the request.")}\n\n\`${type}\``,
    ),
  ]);
  return new Map([["metrics", page]]);
}

/**
 * An anchor without dots, which style sheets and scripts can name.
 * @param {string} name
 */
export function toAnchor(name) {
  return name.replaceAll(".", "-");
}

/** @param {string} unit */
function toUnit(unit) {
  const names = /** @type {Readonly<Record<string, string>>} */ ({ s: "seconds", By: "bytes" });
  const name = names[unit] ?? unit.replace(/[{}]/g, "");
  return name === "" ? "" : ` · unit: ${name}`;
}

/**
 * What a guard reports, as it tells a meter.
 * @param {Catalogues} catalogues
 * @returns {readonly Metric[]}
 */
export function listMetrics({ createGuard, instrument }) {
  /** @type {Metric[]} */
  const found = [];
  const create =
    (/** @type {string} */ kind) =>
    (/** @type {string} */ name, { unit = "", description = "" } = {}) => {
      found.push({ name, kind, unit, description });
      return {};
    };
  const meter = {
    createCounter: create("counter"),
    createHistogram: create("histogram"),
    createObservableGauge: create("gauge"),
    createObservableCounter: create("counter"),
    addBatchObservableCallback: () => {},
    removeBatchObservableCallback: () => {},
  };
  const guard = createGuard({ issuer: "https://issuer.invalid/", audience: "https://api.invalid", env: {} });
  const meterProvider = /** @type {any} */ ({ getMeter: () => meter });
  instrument(guard, { meterProvider })();
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}
