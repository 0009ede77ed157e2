// The sub-path `gatewarden/terminal`: what the commands of Gatewarden's own packages share. Not for
// applications: it may change in any version.
export { type CommonFlags, toCommonFlags } from "./common-flags.js";
export { type CommandTable, type Shell, shells, toCompletion } from "./completion/completion.js";
export { exitCodes } from "./exit-codes.js";
export { listCommands, printHelp, toHelp, toUsage } from "./flag-help.js";
export { findNearestName, suggestName } from "./nearest-name.js";
export { type Painted, paint, paintSource, type Style, type Text } from "./paint.js";
export { type CommandRow, type FlagRow, type FlagValues, parseFlags, UsageError } from "./parse-flags.js";
export { toPrintable, toPrintableLines } from "./printable.js";
export { createScreen, readColumns, type Screen, type ScreenStreams } from "./screen.js";
export { fitWidth, toWidth } from "./text-width.js";
export { type WrapOptions, wrap } from "./wrap.js";
