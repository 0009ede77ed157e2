// Classifies a text that should be a token by its form, before anything is verified. Removes what
// is wrapped around a token, so that the token inside can be explained too.
import { readDocument } from "./document.js";
import { readForeign } from "./foreign.js";
import type { Shape } from "./found-shape.js";
import { readUnfinished } from "./unfinished.js";
import { readWrapping } from "./wrapping.js";

const mostWrappings = 5;
/** The largest token that any guard accepts. */
const longest = 65_536;

/** The shape of a text. Undefined if it looks like a complete JWT, or like nothing known. */
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

/**
 * Whether the text looks like a signed JWT: three parts, the first of which begins like a JSON
 * object.
 */
export function looksLikeJwt(text: string): boolean {
  return /^ey[\w-]+\.[\w-]*\.[\w-]*$/.test(text);
}
