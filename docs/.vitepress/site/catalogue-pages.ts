// What pages of a catalogue have beside their text: a reader who comes to one by its code came from
// elsewhere, so it has no neighbours, and search results say what kind of code they found.
import type { DefaultTheme, PageData } from "vitepress";

type RenderForSearch = NonNullable<DefaultTheme.LocalSearchOptions["_render"]>;

/** Words in a title weigh less the more there are, so a reason comes before a fault that causes it. */
const kinds: Readonly<Record<string, string>> = { reason: "reason", doctor: "doctor", fault: "tenant fault" };

/** The pages of single codes and names, and the form, have no previous and no next one. */
export function withoutNeighbours({ relativePath, frontmatter }: PageData): PageData["frontmatter"] {
  if (!/^((reasons|doctor|faults|reference)\/(?!index\.md$)|explain\.md$)/.test(relativePath)) return frontmatter;
  return { ...frontmatter, prev: false, next: false };
}

/** VitePress asks once for the browser's bundle, and once for the server's. */
const rendered = new Map<string, string>();

/**
 * The page as search reads it. `expired` may be a reason or a fault, and its title says which. The
 * index has no use for colours of code, which take longer than the rest.
 */
export const renderForSearch: RenderForSearch = (source, env, markdown) => {
  const known = rendered.get(source);
  if (known !== undefined) return known;
  const { highlight } = markdown.options;
  markdown.set({ highlight: null });
  const html = markdown.render(source, env);
  markdown.set({ highlight });
  const kind = kinds[String(env.frontmatter?.["kind"])];
  const named = kind === undefined ? html : html.replace(/(<h1[^>]*>.*?)(?= <a |<a )/s, `$1 · ${kind}`);
  const found = named.replaceAll(/<tr id="(\w+)">/g, addOption);
  rendered.set(source, found);
  return found;
};

/** A result of its own for each option, which is also found by its words: "clock tolerance". */
function addOption(row: string, name: string): string {
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  return `<h2 id="${name}">${name} · option <a href="#${name}"></a></h2><p>${words}</p>${row}`;
}
