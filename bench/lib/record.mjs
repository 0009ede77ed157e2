// RESULTS.md is the record of one run. A suite that ran alone replaces its own section, which then says when and where.
import { describeRun } from "./machine.mjs";

/**
 * @param {string} record The whole text of RESULTS.md.
 * @param {string} name Of the suite.
 * @param {string} section Its new text, from its heading on.
 */
export function replaceSection(record, name, section) {
  const heading = `## ${name}\n`;
  const dated = section.replace(heading, `${heading}\n${describeRun()}\n`);
  const parts = record.split(/^(?=## )/m);
  const index = parts.findIndex((part) => part.startsWith(heading));
  const kept = index === -1 ? parts : parts.filter((_, at) => at !== index);
  const before = index === -1 ? kept.length : index;
  const ended = kept.map((part) => (part.endsWith("\n") ? part : `${part}\n`));
  return [...ended.slice(0, before), dated.endsWith("\n") ? dated : `${dated}\n`, ...ended.slice(before)].join("");
}
