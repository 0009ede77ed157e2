// What a terminal can show: `--color`, NO_COLOR, FORCE_COLOR, TERM, the locale and the columns.
import { describe, expect, test } from "vitest";
import { isColored, toLineWidth, toSymbols } from "../../../src/cli/terminal/look.js";
import { createScreen, type ScreenStreams } from "../../../src/cli/terminal/screen.js";

const terminal = { columns: 80 };
const pipe = { columns: undefined };

describe("Colors", () => {
  test.each([
    ["on a terminal", "auto", {}, terminal, true],
    ["not in a pipe", "auto", {}, pipe, false],
    ["not on a terminal that is dumb", "auto", { TERM: "dumb" }, terminal, false],
    ["not with NO_COLOR", "auto", { NO_COLOR: "1" }, terminal, false],
    ["with an empty NO_COLOR, which counts as unset", "auto", { NO_COLOR: "" }, terminal, true],
    ["in a pipe with FORCE_COLOR", "auto", { FORCE_COLOR: "1" }, pipe, true],
    ["with an empty FORCE_COLOR, as Node.js takes it", "auto", { FORCE_COLOR: "" }, pipe, true],
    ["not with FORCE_COLOR=0", "auto", { FORCE_COLOR: "0" }, terminal, false],
    ["with both, as Node.js does", "auto", { FORCE_COLOR: "1", NO_COLOR: "1" }, pipe, true],
    ["where the flag wants them", "always", { NO_COLOR: "1" }, pipe, true],
    ["not where the flag forbids them", "never", { FORCE_COLOR: "1" }, terminal, false],
  ] as const)("are shown %s", (_what, choice, env, stream, expected) => {
    expect(isColored(choice, env, stream)).toBe(expected);
  });
});

test.each([
  [20, 40],
  [40, 40],
  [80, 80],
  [100, 100],
  [300, 100],
  [undefined, Number.POSITIVE_INFINITY],
])("a stream of %s columns is wrapped at %s", (columns, width) => {
  expect(toLineWidth({ columns })).toBe(width);
});

test.each([
  [{ LANG: "de_DE.UTF-8" }, "linux", "✓"],
  [{ LANG: "C.utf8" }, "linux", "✓"],
  [{ LANG: "C" }, "linux", "+"],
  [{}, "linux", "+"],
  [{ LC_ALL: "C", LANG: "de_DE.UTF-8" }, "linux", "+"],
  [{ LC_ALL: "", LC_CTYPE: "de_DE.UTF-8", LANG: "C" }, "linux", "✓"],
  [{ WT_SESSION: "1" }, "win32", "✓"],
  [{}, "win32", "+"],
])("with %j on %s, what is right has the sign %s", (env, platform, sign) => {
  expect(toSymbols(env, platform).ok).toBe(sign);
});

/** What `act` prints, on a terminal of 80 columns if asked for. */
function show(args: readonly string[], env: ScreenStreams["env"], columns?: number) {
  const written: { out: string[]; error: string[] } = { out: [], error: [] };
  const screen = createScreen(
    {
      out: (text) => void written.out.push(text),
      error: (text) => void written.error.push(text),
      env,
      columns: { out: columns, error: columns },
    },
    args,
  );
  screen.out({ style: "ok", text: "fine\u001b[2J\u202e" }, "\u009b31m\n");
  screen.fail("broken\u0007");
  return { out: written.out.join(""), error: written.error.join(""), screen };
}

describe("A screen", () => {
  test("escapes text before it adds a style", () => {
    const { out, error } = show(["--color", "always"], {});
    expect(out).toBe("\u001b[1m\u001b[32mfine\\u001b[2J\\u202e\u001b[39m\u001b[22m\\u009b31m\n");
    expect(error).toBe("\u001b[1m\u001b[31merror:\u001b[39m\u001b[22m broken\\u0007\n");
  });

  test.each([[["--color=never"]], [["--color", "never"]], [["--", "--color=always"]], [["--color=what"]]])(
    "has no colors in a pipe with %j",
    (args) => expect(show(args, {}).out).toBe("fine\\u001b[2J\\u202e\\u009b31m\n"),
  );

  test("has them on a terminal", () => {
    expect(show([], {}, 80).out).toContain("\u001b[32m");
    expect(show([], {}, 80).screen.width).toBe(80);
  });

  test.each([
    [["--quiet"], true],
    [["-q"], true],
    [["-qh"], true],
    [[], false],
    [["--", "-q"], false],
    [["-"], false],
  ])("with %j is quiet: %s", (args, isQuiet) => expect(show(args, {}).screen.isQuiet).toBe(isQuiet));
});
