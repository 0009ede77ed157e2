// What every suite is told.

/**
 * @typedef {object} RunOptions
 * @property {boolean} isQuick Fewer rounds and smaller numbers: all suites in under two minutes, with wider spread.
 * @property {(what: string) => void} log Says what is being measured now.
 */

export {};
