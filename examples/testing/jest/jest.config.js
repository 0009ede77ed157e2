// Jest runs ES modules with `node --experimental-vm-modules`; Babel takes the types out.
const config = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: { "\\.ts$": ["babel-jest", { presets: ["@babel/preset-typescript"] }] },
};

// biome-ignore lint/style/noDefaultExport: Jest demands it.
export default config;
