// The theme: VitePress' own without its web font, in this project's colours.
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import ExplainToken from "./ExplainToken.vue";
import "./style.css";
import "./explain.css";
import "./figures.css";

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("ExplainToken", ExplainToken);
  },
} satisfies Theme;
