// What is linked into this folder lies outside of it.
// biome-ignore lint/style/noDefaultExport: Next.js reads the default export.
export default { turbopack: { root: "/" } };
