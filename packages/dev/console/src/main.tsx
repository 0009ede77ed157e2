import { render } from "preact";
import { App } from "./app.js";
import "./style/base.css";
import "./style/frame.css";
import "./style/controls.css";
import "./style/fields.css";
import "./style/exchange.css";
import "./style/token.css";
import "./style/try.css";
import "./style/faults.css";
import "./style/feed.css";
import "./style/keys.css";
import "./style/people.css";

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
