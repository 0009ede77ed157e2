// What becomes of a request: see `Decision` of the library.

/** As `connectConsole` sends it. */
export const outcomes = ["accepted", "refused", "anonymous"] as const;
