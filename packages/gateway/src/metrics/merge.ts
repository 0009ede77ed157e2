// The metrics of several processes as one page: each sample gets a label that names its process.

/** The text of one process. */
export interface ProcessMetrics {
  readonly worker: number;
  readonly text: string;
}

/** Families stay together, as the format demands, and each is described once. */
export function mergeMetrics(pages: readonly ProcessMetrics[]): string {
  const families = new Map<string, { readonly head: string[]; readonly samples: string[] }>();
  for (const { worker, text } of pages) {
    let family = { head: [] as string[], samples: [] as string[] };
    for (const line of text.split("\n")) {
      const described = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line)?.[1];
      if (described !== undefined) {
        family = families.get(described) ?? { head: [], samples: [] };
        families.set(described, family);
        if (!family.head.includes(line)) family.head.push(line);
      } else if (line !== "" && !line.startsWith("#")) family.samples.push(withWorker(line, worker));
    }
  }
  return `${[...families.values()].flatMap(({ head, samples }) => [...head, ...samples]).join("\n")}\n`;
}

function withWorker(line: string, worker: number): string {
  const label = `worker="${worker}"`;
  const at = line.search(/[{ ]/);
  const [name, rest] = [line.slice(0, at), line.slice(at)];
  if (!rest.startsWith("{")) return `${name}{${label}}${rest}`;
  return `${name}{${label}${rest.startsWith("{}") ? "" : ","}${rest.slice(1)}`;
}
