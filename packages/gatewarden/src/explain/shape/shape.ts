// What a text is that should be a token, judged by its looks before anything is verified. What is wrapped around a token is taken off, so
// that the token within can be explained too.
import { readDocument } from "./document.js";
import { readForeign } from "./foreign.js";
import type { Shape } from "./found-shape.js";
import { readUnfinished } from "./unfinished.js";
import { readWrapping } from "./wrapping.js";

const mostWrappings = 5;
/** No token that any guard takes is longer. */
const longest = 65_536;

/** The shape of a text; undefined where it looks like a JWT in one piece, or like nothing in particular. */
export function readShape(text: string): Shape | undefined {
  if (text.length > longest) return undefined;
  const document = readDocument(text);
  if (document) return { ...document, isDocument: true };
  const layers: Shape[] = [];
  let inner = text;
  while (layers.length < mostWrappings) {
    const layer = readWrapping(inner);
    if (layer === undefined) break;
    layers.push(layer);
    inner = layer.token ?? "";
  }
  const core = readUnfinished(inner) ?? readForeign(inner);
  if (core && inner !== "") layers.push(core);
  const [first] = layers;
  if (first === undefined) return core;
  return {
    cause: layers.map(({ cause }) => cause).join(" "),
    fix: [...new Set(layers.map(({ fix }) => fix))].join(" "),
    ...(looksLikeJwt(inner) && { token: inner }),
  };
}

/** Whether the text has the look of a signed JWT: three parts, of which the first begins like a JSON object. */
export function looksLikeJwt(text: string): boolean {
  return /^ey[\w-]+\.[\w-]*\.[\w-]*$/.test(text);
}
