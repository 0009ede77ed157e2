// Nest 12 is ES modules, so Jest runs with `node --experimental-vm-modules`; ts-jest compiles the
// decorators.
const config = {
  testEnvironment: "node",
  testRegex: "\\.spec\\.ts$",
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: { "\\.ts$": ["ts-jest", { useESM: true, tsconfig: "tsconfig.json" }] },
};

// biome-ignore lint/style/noDefaultExport: Jest demands it.
export default config;
