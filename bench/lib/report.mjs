// Tables, for the terminal and for RESULTS.md: the same text, since Markdown tables read well in both.

/**
 * @typedef {object} Table Contestants and their times, with ratios to the floor and to the best peer.
 * @property {string} title
 * @property {string} unit
 * @property {readonly import("./measure.mjs").Result[]} results
 */

/**
 * @typedef {object} Facts A table whose cells are ready.
 * @property {string} title
 * @property {readonly string[]} columns
 * @property {readonly (readonly string[])[]} rows
 * @property {string} [note]
 */

/** @param {Table | Facts} table */
export function toMarkdown(table) {
  const { title, columns, rows, note } = "results" in table ? toFacts(table) : table;
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, index) => cell[index === 0 ? "padEnd" : "padStart"](widths[index] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width, index) => (index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [`### ${title}`, "", ...(note ? [note, ""] : []), line(columns), rule, ...rows.map(line), ""].join("\n");
}

/**
 * @param {Table} table
 * @returns {Facts}
 */
function toFacts({ title, unit, results }) {
  const floor = results.find(({ kind }) => kind === "floor")?.time.median;
  const bestPeer = Math.min(...results.filter(({ kind }) => kind === "peer").map(({ time }) => time.median));
  const ordered = [...results].sort((a, b) => a.time.median - b.time.median);
  return {
    title,
    columns: ["contestant", unit, "p25 - p75", "per second", "of the floor", "of the best peer"],
    rows: ordered.map(({ name, kind, time }) => [
      kind === "ours" ? `**${name}**` : name,
      toText(time.median),
      `${toText(time.low)} - ${toText(time.high)}`,
      Math.round(1e6 / time.median).toLocaleString("en"),
      floor === undefined ? "" : toText(floor / time.median),
      Number.isFinite(bestPeer) && kind !== "floor" ? toText(bestPeer / time.median) : "",
    ]),
  };
}

/**
 * Three digits that count.
 * @param {number} value
 */
export function toText(value) {
  if (!Number.isFinite(value)) return "-";
  const digits = value === 0 ? 0 : Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
