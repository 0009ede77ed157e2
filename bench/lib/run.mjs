// What every suite is told.

/**
 * @typedef {object} RunOptions
 * @property {boolean} isQuick Fewer rounds and smaller numbers: all suites in under two minutes, with wider spread.
 * @property {string | undefined} only What is to be measured alone, where a suite has parts: an algorithm, a server.
 * @property {(what: string) => void} log Says what is being measured now.
 */

export {};
