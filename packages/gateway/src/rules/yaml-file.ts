// YAML → plain data, with the place of every member.
import { isMap, isNode, isScalar, LineCounter, type Node, type Pair, parseDocument, visit } from "yaml";
import type { FileProblem } from "./problem.js";
import { RulesError } from "./problem.js";
import type { Place } from "./rule.js";

/** A file that was read. */
export interface YamlFile {
  readonly data: unknown;
  /** Where a member stands: its value, or the nearest one around it. */
  readonly placeOf: (path: readonly PropertyKey[]) => Place;
  /** Where the name of a member stands. */
  readonly placeOfKey: (path: readonly PropertyKey[], key: string) => Place;
}

const maxLength = 1024 * 1024;
const start: Place = { line: 1, column: 1 };

/** Throws `RulesError`. Names that appear twice are errors: one of the two would not count. */
export function parseYaml(text: string): YamlFile {
  if (text.length > maxLength) throw toError("is larger than 1 MiB", start);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, version: "1.2", prettyErrors: false });
  const toPlace = (offset: number | undefined): Place => {
    if (offset === undefined) return start;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // A warning of the parser, such as an unknown tag, means that the value is not what was written.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    throw new RulesError(faults.map(({ message, pos }) => toProblem(`is not YAML: ${message}`, toPlace(pos[0]))));
  const names = findNameFaults(document);
  if (names.length > 0)
    throw new RulesError(names.map(({ message, node }) => toProblem(message, toPlace(node?.range?.[0]))));
  const nodeAt = (path: readonly PropertyKey[]): Node | undefined => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) ? node : path.length === 0 ? undefined : nodeAt(path.slice(0, -1));
  };
  const placeOf = (path: readonly PropertyKey[]) => toPlace(nodeAt(path)?.range?.[0]);
  const placeOfKey = (path: readonly PropertyKey[], key: string) => {
    const map = nodeAt(path);
    const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    return isNode(pair?.key) ? toPlace(pair.key.range?.[0]) : placeOf(path);
  };
  return { data: toData(document), placeOf, placeOfKey };
}

interface NameFault {
  readonly message: string;
  readonly node: Node | undefined;
}

/** Names that would be lost, or replace another, in an object (CWE-1321, CWE-636). */
function findNameFaults(document: ReturnType<typeof parseDocument>): NameFault[] {
  const faults: NameFault[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items as readonly Pair[]) {
        const add = (message: string) => faults.push({ message, node: isNode(key) ? key : undefined });
        if (!isScalar(key) || !["string", "number", "boolean"].includes(typeof key.value)) {
          add("has a name that is neither text, a number, true nor false");
          continue;
        }
        const name = String(key.value);
        if (name === "__proto__") add('has the name "__proto__"');
        else if (seen.has(name)) add(`has the name ${JSON.stringify(name.slice(0, 60))} twice`);
        seen.add(name);
      }
    },
  });
  return faults;
}

/** Aliases may grow without bound (CWE-776): the parser stops at a hundred. */
function toData(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw toError(`is not YAML: ${cause instanceof Error ? cause.message : "it cannot be read"}`, start);
  }
}

function toError(message: string, place: Place): RulesError {
  return new RulesError([toProblem(message, place)]);
}

function toProblem(message: string, place: Place): FileProblem {
  return { severity: "error", message, place };
}
