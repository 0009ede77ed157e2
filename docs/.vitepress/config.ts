// The site over `docs`. `npm run docs` and `npm run docs:build` write the generated pages first.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { renderForSearch, withoutNeighbours } from "./site/catalogue-pages.js";
import { addExplainForm } from "./site/explain-form.js";
import { addFigures } from "./site/figures.js";
import { readNavigation } from "./site/navigation.js";
import { addPolicy } from "./site/policy.js";
import { repository, resolveLinks } from "./site/repository-links.js";
import { addTables } from "./site/tables.js";

const docs = fileURLToPath(new URL("..", import.meta.url));
const sidebar = readNavigation(docs);
/** Pages that are one table, and have no outline beside it. */
const wide = ["options.md", "reference/index.md"];

export default defineConfig({
  title: "Gatewarden",
  description:
    "Protect backend APIs with OAuth 2.0 access tokens: verify the token, protect the endpoint, check the permission.",
  lang: "en",
  cleanUrls: true,
  // The index that GitHub shows for a folder is a page of its own. What is generated stands at the
  // top.
  rewrites: {
    "README.md": "contents.md",
    "decisions/README.md": "decisions/index.md",
    "generated/:path*": ":path*",
  },
  head: [
    [
      "link",
      {
        rel: "icon",
        href: "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M6 28V13a10 10 0 0 1 20 0v15h-5V13a5 5 0 0 0-10 0v15z' fill='%230b7285'/%3E%3C/svg%3E",
      },
    ],
    ["meta", { name: "color-scheme", content: "light dark" }],
    ["meta", { name: "referrer", content: "no-referrer" }],
  ],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: (markdown) => {
      resolveLinks(markdown);
      addFigures(markdown, docs);
      addExplainForm(markdown);
      addTables(markdown);
    },
  },
  vite: {
    // The page that explains tokens runs the library's own sources.
    resolve: { conditions: ["@gatewarden/source"] },
    // A site without anything from elsewhere: what is small stays a file all the same.
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 4096 },
  },
  transformPageData: (page) => {
    page.frontmatter = withoutNeighbours(page);
    if (wide.includes(page.relativePath)) page.frontmatter = { ...page.frontmatter, aside: false, pageClass: "wide" };
    if (page.relativePath !== "index.md") return;
    page.frontmatter = {
      ...page.frontmatter,
      sidebar: false,
      aside: false,
      prev: false,
      next: false,
      pageClass: "home",
    };
    page.titleTemplate = "OAuth 2.0 access tokens for backend APIs";
  },
  transformHtml: addPolicy,
  themeConfig: {
    siteTitle: "Gatewarden",
    nav: [
      {
        text: "Guide",
        link: "/contents",
        activeMatch: "^/(?!$|explain$|(reasons|doctor|faults|metrics|reference|options)(/|$))",
      },
      { text: "Look up", link: "/reasons/", activeMatch: "^/(reasons|doctor|faults|metrics|reference|options)(/|$)" },
      { text: "Explain a token", link: "/explain" },
      { text: "Source", link: repository },
    ],
    sidebar,
    outline: { level: [2, 3], label: "On this page" },
    externalLinkIcon: true,
    search: {
      provider: "local",
      options: {
        _render: renderForSearch,
        detailedView: false,
        miniSearch: { searchOptions: { boost: { title: 4, titles: 2 }, prefix: true } },
      },
    },
    notFound: {
      title: "Page not found",
      quote: "Search for a code or a name with Ctrl K, or look for your question in the guide.",
      linkText: "Back to the first page",
      linkLabel: "Back to the first page",
    },
  },
});
