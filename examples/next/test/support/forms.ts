// Server actions as browsers send them: as a form before the page's script runs, and by the script.

/** A form of the page, ready to be sent. */
export interface ActionForm {
  /** What the page wrote into the form's hidden fields. */
  readonly hidden: readonly (readonly [name: string, value: string])[];
  /** The id of the action, which scripts send as `Next-Action`. */
  readonly id: string;
}

const entities: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", "#x27": "'" };
const decode = (text: string) => text.replace(/&(quot|amp|lt|gt|#x27);/g, (_all, name) => entities[name] ?? "");

/** Finds the form with this button in the HTML of a page. */
export function findForm(html: string, label: string): ActionForm {
  const form = html.match(/<form.*?<\/form>/gs)?.find((one) => one.includes(`>${label}</button>`));
  if (form === undefined) throw new Error(`The page has no form "${label}": ${html}`);
  const inputs = form.match(/<input type="hidden"[^>]*>/g) ?? [];
  const hidden = inputs.map((input) => [readAttribute(input, "name"), readAttribute(input, "value")] as const);
  const id = /"id":"(\w+)"/.exec(hidden.map(([, value]) => value).join())?.[1] ?? "";
  return { hidden, id };
}

const readAttribute = (tag: string, name: string) => decode(new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? "");

/** The body of a form that is sent without a script. */
export function toFormBody({ hidden }: ActionForm, fields: Readonly<Record<string, string>>): FormData {
  const body = new FormData();
  for (const [name, value] of [...hidden, ...Object.entries(fields)]) body.append(name, value);
  return body;
}

/** The arguments `(undefined, form)` in React's encoding, as the page's script sends them. */
export function toScriptBody(fields: Readonly<Record<string, string>>): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(`_1_${name}`, value);
  body.append("0", '["$undefined","$K1"]');
  return body;
}
