// What is printed at the end: how to start, and a tour of what to try.
import { paint, type Text } from "gatewarden/terminal";
import type { Answers } from "./answers.js";

/** A tour of at most twenty lines, none wider than 80 columns. */
export function toNextSteps({ framework, provider, manager }: Answers, folder: string): readonly Text[] {
  const command = (text: string): readonly Text[] => ["  ", paint("note", text), "\n"];
  const { "npm install": install, "npm run": run, "npx gatewarden": gatewarden } = manager.commands;
  const steps = [
    ...(folder === "." ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`]),
    install,
    `${run} dev`,
  ];
  const tour: readonly (readonly [command: string, says: string])[] = [
    ["curl -i $API/private", "401: it says what is missing"],
    ['curl -i $API/private -H "$(as alice)"', "200: Alice"],
    ['curl -i $API/admin -H "$(as bob)"', "403: Bob lacks read:admin"],
    [`${gatewarden} faults expired`, "every token has expired: 401"],
    [`${gatewarden} faults --reset`, "as before"],
    [`${gatewarden} explain "$(as alice)"`, "all about a token"],
    [`${run} test`, "the same, without a network"],
  ];
  const width = Math.max(...tour.map(([text]) => text.length)) + 2;
  return [
    paint("strong", "Start"),
    "\n",
    ...steps.flatMap(command),
    "\n",
    paint("strong", "Try"),
    ", in another terminal in the same folder:\n",
    ...command("API=http://127.0.0.1:3000/api"),
    ...command(`as() { echo "Authorization: Bearer $(${gatewarden} token --as $1)"; }`),
    ...tour.flatMap(([text, says]) => [
      "  ",
      paint("note", text),
      " ".repeat(width - text.length),
      paint("faint", `${says}\n`),
    ]),
    "\n",
    paint("strong", "Then"),
    ` change src/app.ts (${framework.title}) and src/guard.ts; README.md says\n`,
    provider.id === "local" ? "how to name your provider.\n" : `what is left to do for ${provider.title}.\n`,
  ];
}
