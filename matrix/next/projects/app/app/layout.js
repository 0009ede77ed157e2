import { createElement } from "react";

/** @param {{ children: import("react").ReactNode }} props */
// biome-ignore lint/style/noDefaultExport: Next.js reads the default export.
export default ({ children }) => createElement("html", null, createElement("body", null, children));
